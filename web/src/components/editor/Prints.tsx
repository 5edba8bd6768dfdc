import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { Check, Copy, X } from 'lucide-react';
import { useState } from 'react';

import editor from './editor.module.css';
import styles from './prints.module.css';
import { Button } from '@/components/Button';
import { Print } from '@/components/Print';
import { errorWords, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { Tray } from '@/components/Tray';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { isStatus } from '@/lib/api/errors';
import { useAttempt } from '@/lib/attempt';
import { cancelPicture, isUnfinished, pictureKeys, pictureQuery } from '@/lib/pictures';
import type { Draft } from '@/lib/drafts';
import type { DraftKeeper } from '@/lib/useDraft';
import type { Picture } from '@/lib/api/types';

interface PrintsProps {
  draft: Draft;
  change: DraftKeeper['change'];
  add: (ids: string[]) => void;
}

/** The pictures that were asked for, side by side; one of them goes into the entry. */
export function Prints({ draft, change, add }: PrintsProps) {
  const t = useT();
  const found = useQueries({ queries: draft.pictureIds.map(pictureQuery) });
  if (draft.pictureIds.length === 0) return null;
  const takeAway = (id: string) =>
    change({
      pictureIds: draft.pictureIds.filter((one) => one !== id),
      pictureId: draft.pictureId === id ? (draft.pictureIds.find((one) => one !== id) ?? null) : draft.pictureId,
    });
  return (
    <ul className={styles.prints} data-many={draft.pictureIds.length > 1}>
      {draft.pictureIds.map((id, index) => {
        const query = found[index];
        const picture = query?.data;
        // Deleted meanwhile, in the gallery.
        if (isStatus(query?.error, 404)) return null;
        if (!picture) return <li key={id}><Waiting /></li>;
        return (
          <li key={id} className={styles.print} data-chosen={draft.pictureId === id}>
            <OnePrint
              picture={picture}
              isChosen={draft.pictureId === id}
              number={index + 1}
              choose={() => change({ pictureId: draft.pictureId === id ? null : id })}
              takeAway={() => takeAway(id)}
              add={add}
            />
          </li>
        );
      })}
      <li className={editor.quiet}>{t('picture.chooseHint')}</li>
    </ul>
  );
}

interface OnePrintProps {
  picture: Picture;
  isChosen: boolean;
  number: number;
  choose: () => void;
  takeAway: () => void;
  add: (ids: string[]) => void;
}

function OnePrint({ picture, isChosen, number, choose, takeAway, add }: OnePrintProps) {
  const t = useT();
  const client = useQueryClient();
  const attempt = useAttempt();
  const fail = (error: Error) => toast(errorWords(error, t));
  // Only what was seen developing comes up slowly.
  const [reveal, setReveal] = useState(false);
  if (!reveal && isUnfinished(picture.status)) setReveal(true);
  const cancel = useMutation({
    mutationFn: () => cancelPicture(picture.id),
    onSuccess: (cancelled) => client.setQueryData(pictureKeys.one(picture.id), cancelled),
    onError: (error) => {
      // It became ready in the same moment: look again.
      void client.invalidateQueries({ queryKey: pictureKeys.one(picture.id) });
      fail(error);
    },
  });
  const again = useMutation({
    mutationFn: () => {
      const params = { path: { picture_id: picture.id }, header: { 'Idempotency-Key': attempt.key(picture.id) } };
      return answer(api.POST('/api/v1/pictures/{picture_id}/variations', { params, body: { count: 1 } }));
    },
    onSuccess: ({ items }) => {
      attempt.done();
      add(items.map((one) => one.id));
    },
    onError: fail,
  });
  if (picture.status !== 'ready') {
    const isOver = !isUnfinished(picture.status);
    return (
      <Tray
        status={picture.status}
        shape={picture.aspect}
        position={picture.position}
        eta={picture.eta_seconds ?? null}
        reason={picture.status === 'failed' ? t('tray.failedWhy') : undefined}
      >
        {isOver ? (
          <>
            <Button size="small" onClick={() => again.mutate()} busy={again.isPending && t('actions.busy')}>
              {t('picture.again')}
            </Button>
            <Button size="small" label={t('picture.takeAway')} onClick={takeAway}>
              <X size={18} aria-hidden="true" />
            </Button>
          </>
        ) : (
          <Button size="small" onClick={() => cancel.mutate()} busy={cancel.isPending && t('actions.busy')}>
            {t('picture.cancel')}
          </Button>
        )}
      </Tray>
    );
  }
  return (
    <>
      <button type="button" className={styles.choose} aria-pressed={isChosen} aria-label={t('picture.choose', { number })} onClick={choose}>
        <Print picture={{ ...picture, status: 'ready' }} alt="" reveal={reveal} eager />
        <span className={styles.chosen} aria-hidden="true">
          <Check size={18} />
        </span>
      </button>
      <div className={styles.printActions}>
        <Button size="small" kind="plain" onClick={() => again.mutate()} busy={again.isPending && t('actions.busy')}>
          <Copy size={16} aria-hidden="true" />
          {t('picture.again')}
        </Button>
        <Button size="small" kind="plain" label={t('picture.takeAway')} onClick={takeAway}>
          <X size={18} aria-hidden="true" />
        </Button>
      </div>
    </>
  );
}
