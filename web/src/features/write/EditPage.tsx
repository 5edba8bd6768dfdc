import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';

import { ReadersChoice } from './ReadersChoice';
import styles from './write.module.css';
import { Button, ButtonLink } from '@/components/Button';
import { EntryEditor } from '@/components/editor/EntryEditor';
import { Page } from '@/components/Page';
import { ErrorNotice, Failure, Notice, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { ApiError } from '@/lib/api/errors';
import { draftKey, draftOfPost } from '@/lib/drafts';
import { paths } from '@/lib/paths';
import { usePosting } from '@/lib/posting';
import { postKeys, usePost } from '@/lib/posts';
import { useSession } from '@/lib/session/useSession';
import { useDraft } from '@/lib/useDraft';
import type { Post, User } from '@/lib/api/types';

export default function EditPage() {
  const { id = '' } = useParams();
  const { user } = useSession();
  const { data: post, error, refetch, isPlaceholderData } = usePost(id);
  if (error && !post) return <Failure whole error={error} retry={() => void refetch()} />;
  if (!post || !user || isPlaceholderData) return <Waiting />;
  // Whoever may read it sees the post; only its author edits it.
  if (post.author.id !== user.id) return <Failure whole error={new ApiError(404, 'not_found', '')} />;
  return <Edit post={post} user={user} />;
}

function Edit({ post, user }: { post: Post; user: User }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const keeper = useDraft(draftKey(user.id, `post/${post.id}`), () => draftOfPost(post));
  const { draft, isRestored, drop, restart, change } = keeper;
  const posting = usePosting(keeper, (body) =>
    answer(api.PATCH('/api/v1/posts/{post_id}', { params: { path: { post_id: post.id } }, body })),
  );
  if (!draft) return <Waiting />;
  const send = async () => {
    const changed = await posting.send(draft);
    await drop();
    client.setQueryData(postKeys.one(post.id), changed);
    await navigate(paths.post(post.id), { replace: true });
    void client.invalidateQueries({ queryKey: postKeys.feeds });
    toast(t('write.changed'));
  };
  return (
    <Page title={t('write.edit')} width="full">
      <div className={styles.loose}>
        {isRestored && (
          <Notice>
            {t('write.restoredEdit')}{' '}
            <Button size="small" onClick={() => restart(draftOfPost(post))}>
              {t('write.startOver')}
            </Button>
          </Notice>
        )}
        <EntryEditor
          keeper={keeper}
          draft={draft}
          zone={user.timezone}
          reason={posting.reason}
          options={<ReadersChoice draft={draft} change={change} />}
          actions={
            <>
              <Button kind="strong" onClick={() => void send().catch(() => undefined)} busy={posting.isPending && t('actions.busy')}>
                {t('actions.save')}
              </Button>
              <ButtonLink to={paths.post(post.id)} kind="plain" onClick={() => void drop()}>
                {t('actions.cancel')}
              </ButtonLink>
              <ErrorNotice error={posting.error} />
            </>
          }
        />
      </div>
    </Page>
  );
}
