import { useCallback, useEffect, useRef, useState } from 'react';

import { dropDraft, loadDraft, saveDraft, type Draft } from './drafts';
import { useSheet } from './sheets';

const PAUSE_MILLISECONDS = 400;

export interface DraftKeeper {
  /** Undefined until it has been looked up. */
  draft: Draft | undefined;
  change: (changes: Partial<Draft>) => void;
  /** Whether what is shown is on this device. */
  kept: 'yes' | 'not yet' | 'failed' | 'nothing';
  /** Whether it was found here, from an earlier time. */
  isRestored: boolean;
  /** Forget it, and begin with something else. */
  restart: (draft: Draft) => void;
  drop: () => Promise<void>;
  /** Keep it now; resolves when it is on the device. */
  keep: (changes?: Partial<Draft>) => Promise<void>;
}

/** Keeps what is being written on this device as it is typed, until it is dropped. */
export function useDraft(key: string, initial: () => Draft): DraftKeeper {
  const [draft, setDraft] = useState<Draft>();
  const [kept, setKept] = useState<DraftKeeper['kept']>('nothing');
  const [isRestored, setRestored] = useState(false);
  const newest = useRef<Draft | undefined>(undefined);
  // What was changed here and is not on the device yet.
  const due = useRef<Partial<Draft>>({});
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const first = useRef(initial);

  const show = useCallback((next: Draft) => {
    newest.current = next;
    setDraft(next);
  }, []);

  // The same sheet in another tab: it shows what is typed here, and nothing typed there is lost.
  const tell = useSheet(key, ({ changes }) => {
    if (newest.current === undefined) return;
    if (changes !== null) {
      show({ ...newest.current, ...changes, ...due.current });
    } else if (isEmpty(due.current)) {
      setKept('nothing');
      show(first.current());
    }
  });

  const save = useCallback(async () => {
    clearTimeout(timer.current);
    const now = newest.current;
    const changes = due.current;
    if (now === undefined || isEmpty(changes)) return;
    due.current = {};
    try {
      await saveDraft(key, now, changes);
      tell({ changes });
      setKept(isEmpty(due.current) ? 'yes' : 'not yet');
    } catch {
      due.current = { ...changes, ...due.current };
      setKept('failed');
    }
  }, [key, tell]);

  const change = useCallback(
    (changes: Partial<Draft>) => {
      if (newest.current === undefined) return;
      show({ ...newest.current, ...changes });
      due.current = { ...due.current, ...changes };
      setKept('not yet');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), PAUSE_MILLISECONDS);
    },
    [save, show],
  );

  useEffect(() => {
    let isWanted = true;
    const begin = (found: Draft | undefined) => {
      if (!isWanted) return;
      setRestored(found !== undefined);
      setKept(found === undefined ? 'nothing' : 'yes');
      show(found ?? first.current());
    };
    loadDraft(key).then(begin, () => begin(undefined));
    // Whatever ends the page, what was typed last is kept.
    const leave = () => void save();
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', leave);
    return () => {
      isWanted = false;
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', leave);
      leave();
    };
  }, [key, save, show]);

  const drop = useCallback(async () => {
    clearTimeout(timer.current);
    due.current = {};
    newest.current = undefined;
    await dropDraft(key).catch(() => undefined);
    tell({ changes: null });
  }, [key, tell]);

  const restart = useCallback(
    (next: Draft) => {
      void drop();
      setRestored(false);
      setKept('nothing');
      show(next);
    },
    [drop, show],
  );

  const keep = useCallback(
    (changes: Partial<Draft> = {}) => {
      change(changes);
      return save();
    },
    [change, save],
  );

  return { draft, change, kept, isRestored, restart, drop, keep };
}

function isEmpty(changes: object): boolean {
  return Object.keys(changes).length === 0;
}
