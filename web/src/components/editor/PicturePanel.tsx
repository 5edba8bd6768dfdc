import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import styles from './editor.module.css';
import { OrderForm } from './OrderForm';
import { Prints } from './Prints';
import { useReason } from '@/components/Field';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { promptOf, type Draft } from '@/lib/drafts';
import { useCalm } from '@/lib/calm';
import type { DraftKeeper } from '@/lib/useDraft';

interface PicturePanelProps {
  draft: Draft;
  change: DraftKeeper['change'];
  reason: string | undefined;
}

/** The picture of an entry: what the model will be told, and what it drew. */
export function PicturePanel({ draft, change, reason }: PicturePanelProps) {
  const t = useT();
  const words = useReason()(reason);
  const { order } = draft;
  const prompt = order.prompt ?? promptOf(draft);
  const told = useModelPrompt(prompt, order.style);
  // A new picture goes beside those that are there already.
  const add = (ids: string[]) =>
    change({ pictureIds: [...draft.pictureIds, ...ids], pictureId: draft.pictureId ?? ids[0] ?? null });
  const [isOpen, setOpen] = useState(true);
  return (
    <section className={styles.panel} aria-label={t('picture.heading')}>
      <h2 className={styles.heading}>{t('picture.heading')}</h2>
      {words && <p className={styles.error}>{words}</p>}
      <Prints draft={draft} change={change} add={add} />
      <details className={styles.order} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{draft.pictureIds.length === 0 ? t('picture.ask') : t('picture.askAgain')}</summary>
        <OrderForm
          order={order}
          prompt={prompt}
          modelPrompt={order.modelPrompt ?? told ?? ''}
          change={(changes) => change({ order: { ...order, ...changes } })}
          add={add}
        />
      </details>
    </section>
  );
}

/** What the model will be told, exactly; asked for again when the words have come to rest. */
function useModelPrompt(prompt: string, style: Draft['order']['style']): string | undefined {
  const settled = useCalm(prompt.trim(), 500);
  const { data } = useQuery({
    queryKey: ['prompt', settled, style],
    queryFn: ({ signal }) => answer(api.POST('/api/v1/pictures/prompt', { body: { prompt: settled, style }, signal })),
    enabled: settled !== '',
    placeholderData: (before) => before,
    staleTime: Infinity,
  });
  return settled === '' ? undefined : data?.model_prompt;
}
