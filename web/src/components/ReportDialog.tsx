import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { Button } from './Button';
import { Dialog, DialogActions } from './Dialog';
import { Checkbox, TextArea } from './Field';
import styles from './report.module.css';
import { ErrorNotice } from './States';
import { toast } from './toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { blockUser } from '@/lib/blocks';
import { textOf, useForm } from '@/lib/form';
import type { Author } from '@/lib/api/types';

interface ReportProps {
  isOpen: boolean;
  onClose: () => void;
  type: 'post' | 'comment' | 'user';
  id: string;
  author: Author;
}

/** Tells administrators of something; its author can be blocked at once. */
export function ReportDialog({ isOpen, onClose, type, id, author }: ReportProps) {
  const t = useT();
  const client = useQueryClient();
  const [blocks, setBlocks] = useState(false);
  const block = useMutation({ mutationFn: () => blockUser(author.id) });
  const form = useForm(
    async (fields) => {
      await answer(api.POST('/api/v1/reports', { body: { target_type: type, target_id: id, reason: textOf(fields, 'reason') } }));
      if (blocks) await block.mutateAsync();
    },
    () => {
      toast(t('report.sent'));
      if (blocks) void client.invalidateQueries();
      onClose();
    },
  );
  return (
    <Dialog title={t('report.title')} isOpen={isOpen} onClose={onClose}>
      <form {...form.props} className={styles.form}>
        <TextArea label={t('report.reason')} hint={t('report.hint')} name="reason" maxLength={500} reason={form.reason('reason')} />
        <Checkbox label={t('block.also', { name: author.name })} checked={blocks} onChange={(event) => setBlocks(event.target.checked)} />
        <ErrorNotice error={form.error} />
        <DialogActions>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" kind="danger" busy={form.isPending && t('actions.busy')}>
            {t('report.send')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
