import { useCallback, useEffect, useRef, useState } from 'react';

import { dropDraft, loadDraft, saveDraft, type Draft } from './drafts';

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
  const isDue = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const first = useRef(initial);

  const show = useCallback((next: Draft) => {
    newest.current = next;
    setDraft(next);
  }, []);

  const save = useCallback(async () => {
    clearTimeout(timer.current);
    const now = newest.current;
    if (now === undefined || !isDue.current) return;
    isDue.current = false;
    try {
      await saveDraft(key, { ...now, savedAt: Date.now() });
      setKept(newest.current === now ? 'yes' : 'not yet');
    } catch {
      setKept('failed');
    }
  }, [key]);

  const change = useCallback(
    (changes: Partial<Draft>) => {
      if (newest.current === undefined) return;
      show({ ...newest.current, ...changes });
      isDue.current = true;
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
    isDue.current = false;
    newest.current = undefined;
    await dropDraft(key).catch(() => undefined);
  }, [key]);

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
