import { useState } from 'react';
import { useSearchParams } from 'react-router';

import styles from './search.module.css';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Page } from '@/components/Page';
import { PostList } from '@/components/PostList';
import { State } from '@/components/States';
import { useT } from '@/i18n/i18n';

export default function Search() {
  const t = useT();
  const [search, setSearch] = useSearchParams();
  const q = (search.get('q') ?? '').trim();
  return (
    <Page title={q === '' ? t('search.title') : t('search.found', { q })}>
      <Words key={q} words={q} search={(words) => setSearch(words === '' ? {} : { q: words })} />
      {q === '' ? (
        <State doodle="glass" title={t('search.begin.title')}>
          <p>{t('search.begin.text')}</p>
        </State>
      ) : (
        <PostList
          feed={{ of: 'public', sort: 'latest', period: 'all', q }}
          empty={
            <State doodle="glass" title={t('search.nothing', { q })}>
              <p>{t('search.nothingText')}</p>
            </State>
          }
        />
      )}
    </Page>
  );
}

function Words({ words, search }: { words: string; search: (words: string) => void }) {
  const t = useT();
  const [text, setText] = useState(words);
  return (
    <form
      role="search"
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        search(text.trim());
      }}
    >
      <TextField label={t('search.label')} hint={t('search.hint')} type="search" maxLength={100} value={text} onChange={(event) => setText(event.target.value)} />
      <Button type="submit" kind="strong">
        {t('search.action')}
      </Button>
    </form>
  );
}
