import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { ReadersChoice } from './ReadersChoice';
import styles from './write.module.css';
import { Button } from '@/components/Button';
import { EntryEditor } from '@/components/editor/EntryEditor';
import { Page } from '@/components/Page';
import { ErrorNotice, Notice, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { today } from '@/lib/dates';
import { draftKey, emptyDraft } from '@/lib/drafts';
import { paths } from '@/lib/paths';
import { usePosting } from '@/lib/posting';
import { postKeys } from '@/lib/posts';
import { useSession } from '@/lib/session/useSession';
import { useDraft } from '@/lib/useDraft';

export default function WritePage() {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { user } = useSession();
  const zone = user?.timezone ?? 'Asia/Seoul';
  const keeper = useDraft(draftKey(user?.id ?? '', 'new'), () => emptyDraft(today(zone)));
  const { draft, isRestored, drop, restart, change } = keeper;
  useAskedFor(draft?.pictureIds, change);
  const posting = usePosting(keeper, (body, key) =>
    answer(api.POST('/api/v1/posts', { params: { header: { 'Idempotency-Key': key } }, body })),
  );
  if (!draft) return <Waiting />;
  const send = async () => {
    const post = await posting.send(draft);
    await drop();
    client.setQueryData(postKeys.one(post.id), post);
    await navigate(paths.post(post.id), { replace: true });
    void client.invalidateQueries({ queryKey: postKeys.feeds });
    toast(post.visibility === 'public' ? t('write.posted') : t('write.putAway'));
  };
  const isBlank = draft.title.trim() === '' && draft.text.trim() === '' && draft.pictureIds.length === 0;
  const discard = () => {
    const before = draft;
    restart(emptyDraft(today(zone)));
    toast(t('write.discarded'), { text: t('actions.undo'), act: () => change(before) });
  };
  return (
    <Page title={t('write.title')} width="full">
      <div className={styles.loose}>
        {isRestored && !isBlank && <Notice>{t('write.restored')}</Notice>}
        <EntryEditor
          keeper={keeper}
          draft={draft}
          zone={zone}
          reason={posting.reason}
          options={<ReadersChoice draft={draft} change={change} />}
          actions={
            <>
              <Button kind="strong" onClick={() => void send().catch(() => undefined)} busy={posting.isPending && t('actions.busy')}>
                {draft.visibility === 'public' ? t('write.post') : t('write.keep')}
              </Button>
              {!isBlank && (
                <Button kind="plain" onClick={discard}>
                  {t('write.discard')}
                </Button>
              )}
              <ErrorNotice error={posting.error} />
            </>
          }
        />
      </div>
    </Page>
  );
}

/** `?picture=` puts a picture of the gallery into the entry. */
function useAskedFor(ids: string[] | undefined, change: (changes: { pictureIds: string[]; pictureId: string }) => void): void {
  const [search] = useSearchParams();
  const wanted = search.get('picture');
  const done = useRef(false);
  useEffect(() => {
    if (wanted === null || ids === undefined || done.current) return;
    done.current = true;
    change({ pictureIds: [...ids.filter((id) => id !== wanted), wanted], pictureId: wanted });
  }, [wanted, ids, change]);
}
