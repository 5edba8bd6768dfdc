import { useParams } from 'react-router';

import { ButtonLink } from '@/components/Button';
import { Page } from '@/components/Page';
import { PostList } from '@/components/PostList';
import { State } from '@/components/States';
import { useT } from '@/i18n/i18n';

export default function TagPage() {
  const t = useT();
  const { tag = '' } = useParams();
  return (
    <Page title={`#${tag}`} lead={t('tag.lead')}>
      <PostList
        feed={{ of: 'public', sort: 'latest', period: 'all', tag }}
        empty={<State doodle="page" title={t('tag.empty', { tag })} actions={<ButtonLink to="/search">{t('search.title')}</ButtonLink>} />}
      />
    </Page>
  );
}
