import { useNavigate, useLocation } from 'react-router';

import { look } from './Button';
import styles from './like.module.css';
import { errorWords } from './States';
import { toast } from './toasts';
import { useT } from '@/i18n/i18n';
import { useLike } from '@/lib/posts';
import { loginPath } from '@/lib/paths';
import { useSession } from '@/lib/session/useSession';
import type { Post } from '@/lib/api/types';

/** Likes a post. Whoever isn't logged in is asked to, and comes back. */
export function LikeButton({ post }: { post: Pick<Post, 'id' | 'liked' | 'like_count' | 'title'> }) {
  const t = useT();
  const navigate = useNavigate();
  const location = useLocation();
  const { status } = useSession();
  const like = useLike(post);
  const press = () => {
    if (status === 'anonymous') void navigate(loginPath(location));
    else like.mutate(!post.liked, { onError: (error) => toast(errorWords(error, t)) });
  };
  return <Heart {...post} press={press} />;
}

interface HeartProps {
  title: string;
  liked: boolean;
  like_count: number;
  press: () => void;
}

/** A heart that is coloured in with a red crayon. */
export function Heart({ title, liked, like_count, press }: HeartProps) {
  const t = useT();
  return (
    <button type="button" className={look({ kind: 'plain', size: 'small' })} aria-pressed={liked} onClick={press}>
      <svg className={styles.heart} viewBox="0 0 32 32" aria-hidden="true" data-liked={liked}>
        <path className={styles.colour} d="M6 12l6 10M9 8l9 16M14 9l8 12M20 8l5 9M8 10c6 3 12 2 17-1M10 18c5 1 9 0 14-2" />
        <path className={styles.line} d="M16 27C6.5 20.3 3 14.5 4.7 9.8 6.8 4.7 13.4 5 16 10.3c2.7-5.2 9.3-5.5 11.3-.4C29 14.6 25.5 20.4 16 27z" />
      </svg>
      <span className="unseen">{t('post.like', { title })}</span>
      <span>{like_count}</span>
    </button>
  );
}
