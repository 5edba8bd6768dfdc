import { useMutation } from '@tanstack/react-query';
import { Brush, Undo2 } from 'lucide-react';

import styles from './editor.module.css';
import { StyleSwatch } from './StyleSwatch';
import { Button } from '@/components/Button';
import { Choices } from '@/components/Choices';
import { TextArea, TextField } from '@/components/Field';
import { ErrorNotice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { ApiError } from '@/lib/api/errors';
import { answer, api } from '@/lib/api/client';
import { ASPECTS, STYLES } from '@/lib/api/types';
import { useAttempt } from '@/lib/attempt';
import type { PictureOrder } from '@/lib/drafts';

interface OrderFormProps {
  order: PictureOrder;
  /** What is to be drawn, from the entry or in own words. */
  prompt: string;
  modelPrompt: string;
  change: (changes: Partial<PictureOrder>) => void;
  add: (ids: string[]) => void;
}

const COUNTS = ['1', '2', '3', '4'] as const;
const PROMPT = 1000;

export function OrderForm({ order, prompt, modelPrompt, change, add }: OrderFormProps) {
  const t = useT();
  const attempt = useAttempt();
  const ask = useMutation({
    mutationFn: () => {
      const body = bodyOf(order, prompt, modelPrompt);
      return answer(api.POST('/api/v1/pictures', { params: { header: { 'Idempotency-Key': attempt.key(body) } }, body }));
    },
    onSuccess: ({ items }) => {
      attempt.done();
      add(items.map((picture) => picture.id));
    },
  });
  const fields = ask.error instanceof ApiError ? ask.error.fields : {};
  const isOwn = order.prompt !== null;
  return (
    <div className={styles.form}>
      <TextArea
        label={t('picture.prompt')}
        hint={isOwn ? <Restore onClick={() => change({ prompt: null, modelPrompt: null })}>{t('picture.fromEntry')}</Restore> : t('picture.promptHint')}
        rows={2}
        maxLength={PROMPT}
        value={prompt}
        onChange={(event) => change({ prompt: event.target.value, modelPrompt: null })}
        reason={fields.prompt}
      />
      <fieldset>
        <legend>{t('picture.style')}</legend>
        <Choices
          label={t('picture.style')}
          look="swatches"
          needed
          chosen={order.style}
          onChoose={(style) => style && change({ style, modelPrompt: null })}
          options={STYLES.map((style) => ({ id: style, label: t(`style.${style}`), content: <StyleSwatch style={style} /> }))}
        />
      </fieldset>
      <div className={styles.row}>
        <fieldset>
          <legend>{t('picture.aspect')}</legend>
          <Choices
            label={t('picture.aspect')}
            needed
            chosen={order.aspect}
            onChoose={(aspect) => aspect && change({ aspect })}
            options={ASPECTS.map((aspect) => ({ id: aspect, label: aspect, content: <span className={styles.shape} data-aspect={aspect} /> }))}
          />
        </fieldset>
        <fieldset>
          <legend>{t('picture.count')}</legend>
          <Choices
            label={t('picture.count')}
            needed
            chosen={COUNTS[order.count - 1] ?? '1'}
            onChoose={(count) => count && change({ count: Number(count) })}
            options={COUNTS.map((count) => ({ id: count, label: count }))}
          />
        </fieldset>
      </div>
      <TextArea
        label={t('picture.modelPrompt')}
        hint={
          order.modelPrompt === null ? t('picture.modelPromptHint') : <Restore onClick={() => change({ modelPrompt: null })}>{t('picture.restore')}</Restore>
        }
        rows={2}
        maxLength={PROMPT}
        value={modelPrompt}
        onChange={(event) => change({ modelPrompt: event.target.value })}
        reason={fields.model_prompt}
      />
      <details className={styles.finer}>
        <summary>{t('picture.finer')}</summary>
        <div className={styles.form}>
          <TextField
            label={t('picture.seed')}
            hint={t('picture.seedHint')}
            type="number"
            min={0}
            max={4294967295}
            value={order.seed ?? ''}
            onChange={(event) => change({ seed: event.target.value === '' ? null : Math.trunc(Number(event.target.value)) })}
            reason={fields.seed}
          />
          <TextField
            label={t('picture.negative')}
            maxLength={500}
            value={order.negativePrompt}
            onChange={(event) => change({ negativePrompt: event.target.value })}
            reason={fields.negative_prompt}
          />
        </div>
      </details>
      {Object.keys(fields).length === 0 && <ErrorNotice error={ask.error} />}
      <Button kind="strong" onClick={() => ask.mutate()} busy={ask.isPending && t('actions.busy')} disabled={prompt.trim() === ''}>
        <Brush size={20} aria-hidden="true" />
        {t('picture.draw', { count: order.count })}
      </Button>
      {prompt.trim() === '' && <p className={styles.quiet}>{t('picture.needsWords')}</p>}
    </div>
  );
}

function Restore({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button type="button" className={styles.restore} onClick={onClick}>
      <Undo2 size={15} aria-hidden="true" />
      {children}
    </button>
  );
}

function bodyOf(order: PictureOrder, prompt: string, modelPrompt: string) {
  return {
    prompt: prompt.trim().slice(0, PROMPT),
    // What is shown is what is sent: the words somebody read are the words the model gets.
    ...(modelPrompt.trim() === '' ? {} : { model_prompt: modelPrompt.trim() }),
    style: order.style,
    aspect: order.aspect,
    count: order.count,
    ...(order.seed === null ? {} : { seed: order.seed }),
    ...(order.negativePrompt.trim() === '' ? {} : { negative_prompt: order.negativePrompt }),
  };
}
