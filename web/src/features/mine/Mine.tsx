import { useState } from 'react';
import { useSearchParams } from 'react-router';

import styles from './mine.module.css';
import { Button, ButtonLink } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Page } from '@/components/Page';
import { PostList } from '@/components/PostList';
import { State } from '@/components/States';
import { Tabs } from '@/components/Tabs';
import { useT } from '@/i18n/i18n';

/** One's own entries, private ones too, and those one likes. */
export default function Mine({ which }: { which: 'own' | 'liked' }) {
  const t = useT();
  const isOwn = which === 'own';
  const [search] = useSearchParams();
  const q = search.get('q') ?? '';
  return (
    <Page title={isOwn ? t('mine.title') : t('mine.liked')}>
      <Tabs
        label={t('mine.title')}
        tabs={[
          { to: '/me', text: t('mine.own') },
          { to: '/me/likes', text: t('mine.liked') },
        ]}
      />
      {isOwn && <Find key={q} words={q} />}
      <PostList feed={isOwn ? { of: 'mine', ...(q ? { q } : {}) } : { of: 'liked' }} empty={<Empty which={which} q={q} />} />
    </Page>
  );
}

function Find({ words }: { words: string }) {
  const t = useT();
  const [text, setText] = useState(words);
  const [, setSearch] = useSearchParams();
  return (
    <form
      role="search"
      className={styles.find}
      onSubmit={(event) => {
        event.preventDefault();
        setSearch(text.trim() === '' ? {} : { q: text.trim() });
      }}
    >
      <TextField label={t('mine.find')} type="search" maxLength={100} value={text} onChange={(event) => setText(event.target.value)} />
      <Button type="submit">{t('search.action')}</Button>
    </form>
  );
}

function Empty({ which, q }: { which: 'own' | 'liked'; q: string }) {
  const t = useT();
  if (which === 'liked') {
    return (
      <State doodle="heart" title={t('mine.emptyLiked.title')} actions={<ButtonLink to="/?top=week">{t('mine.emptyLiked.action')}</ButtonLink>}>
        <p>{t('mine.emptyLiked.text')}</p>
      </State>
    );
  }
  if (q !== '') {
    return (
      <State doodle="glass" title={t('search.nothing', { q })} actions={<ButtonLink to="/me">{t('mine.all')}</ButtonLink>} />
    );
  }
  return (
    <State doodle="pencil" title={t('mine.empty.title')} actions={<ButtonLink kind="strong" to="/write">{t('nav.write')}</ButtonLink>}>
      <p>{t('mine.empty.text')}</p>
    </State>
  );
}
