import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';

import { Button, ButtonLink } from '@/components/Button';
import { EntryEditor } from '@/components/editor/EntryEditor';
import { Page } from '@/components/Page';
import { ErrorNotice, Failure, Waiting } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { today } from '@/lib/dates';
import { draftKey, draftOfEntry, emptyDraft } from '@/lib/drafts';
import { friendKeys, useDiary, useEntry } from '@/lib/friends';
import { paths } from '@/lib/paths';
import { usePosting, type Body } from '@/lib/posting';
import { useSession } from '@/lib/session/useSession';
import { useDraft } from '@/lib/useDraft';
import type { SecretEntry, User } from '@/lib/api/types';

/** Writes a new entry into a secret diary, or edits one's own. */
export default function DiaryWrite() {
  const { id = '', entryId = '' } = useParams();
  const { user } = useSession();
  const { data: entry, error, refetch } = useEntry(id, entryId);
  if (error && !entry) return <Failure whole error={error} retry={() => void refetch()} />;
  if (!user || (entryId !== '' && !entry)) return <Waiting />;
  return <Write key={entryId} diaryId={id} entry={entry} user={user} />;
}

function Write({ diaryId, entry, user }: { diaryId: string; entry: SecretEntry | undefined; user: User }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const diary = useDiary(diaryId);
  const keeper = useDraft(draftKey(user.id, entry ? `entry/${entry.id}` : `diary/${diaryId}`), () =>
    entry ? draftOfEntry(entry) : emptyDraft(today(user.timezone)),
  );
  const { draft, drop } = keeper;
  const posting = usePosting(keeper, (body, key) => {
    const fields = secret(body);
    if (entry) {
      const path = { diary_id: diaryId, entry_id: entry.id };
      return answer(api.PATCH('/api/v1/diaries/{diary_id}/entries/{entry_id}', { params: { path }, body: fields }));
    }
    const params = { path: { diary_id: diaryId }, header: { 'Idempotency-Key': key } };
    return answer(api.POST('/api/v1/diaries/{diary_id}/entries', { params, body: fields }));
  });
  if (!draft) return <Waiting />;
  const send = async () => {
    const written = await posting.send(draft);
    await drop();
    client.setQueryData(friendKeys.entry(written.id), written);
    await navigate(`${paths.diary(diaryId)}/entries/${written.id}`, { replace: true });
    void client.invalidateQueries({ queryKey: friendKeys.entries(diaryId) });
  };
  return (
    <Page title={diary.data ? t('friends.writeIn', { diary: diary.data.name }) : t('write.title')}>
      <EntryEditor
        keeper={keeper}
        draft={draft}
        zone={user.timezone}
        reason={posting.reason}
        actions={
          <>
            <Button kind="strong" onClick={() => void send().catch(() => undefined)} busy={posting.isPending && t('actions.busy')}>
              {entry ? t('actions.save') : t('friends.put')}
            </Button>
            <ButtonLink kind="plain" to={paths.diary(diaryId)}>
              {t('actions.cancel')}
            </ButtonLink>
            <ErrorNotice error={posting.error} />
          </>
        }
      />
    </Page>
  );
}

/** Who reads it is settled: the two. */
function secret(body: Body): Omit<Body, 'visibility'> {
  const fields: Partial<Body> = { ...body };
  delete fields.visibility;
  return fields as Omit<Body, 'visibility'>;
}
