import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';

import styles from './gallery.module.css';
import { Viewer } from './Viewer';
import { ButtonLink } from '@/components/Button';
import { More } from '@/components/More';
import { Page } from '@/components/Page';
import { Print } from '@/components/Print';
import { Failure, State, Waiting } from '@/components/States';
import { SelectField } from '@/components/Field';
import { Tray } from '@/components/Tray';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { STYLES, type Picture } from '@/lib/api/types';
import { monthName, today } from '@/lib/dates';
import { isUnfinished, pictureKeys } from '@/lib/pictures';
import { itemsOf, paging } from '@/lib/query';
import { useSession } from '@/lib/session/useSession';

const PAGE = 24;

/** All one's pictures, month by month; one of them opened is `?picture=`. */
export default function Gallery() {
  const t = useT();
  const [search, setSearch] = useSearchParams();
  const style = STYLES.find((one) => one === search.get('style')) ?? null;
  const list = useInfiniteQuery({
    queryKey: pictureKeys.list(style, null),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(style ? { style } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET('/api/v1/pictures', { params: { query }, signal }));
    },
    ...paging,
    refetchInterval: ({ state }) => (itemsOf(state.data).some((picture) => isUnfinished(picture.status)) ? 4000 : false),
  });
  const pictures = itemsOf(list.data);
  const opened = search.get('picture');
  const open = (id: string | null) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (id === null) next.delete('picture');
      else next.set('picture', id);
      return next;
    }, { replace: opened !== null });
  const choose = (value: string) => setSearch(value === '' ? {} : { style: value });
  return (
    <Page
      title={t('gallery.title')}
      actions={
        <SelectField label={t('picture.style')} value={style ?? ''} onChange={(event) => choose(event.target.value)}>
          <option value="">{t('gallery.allStyles')}</option>
          {STYLES.map((one) => (
            <option key={one} value={one}>
              {t(`style.${one}`)}
            </option>
          ))}
        </SelectField>
      }
    >
      {list.isPending && <Waiting />}
      {list.isError && pictures.length === 0 && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && pictures.length === 0 && !list.hasNextPage && (
        <State doodle="album" title={t('gallery.empty.title')} actions={<ButtonLink kind="strong" to="/write">{t('nav.write')}</ButtonLink>}>
          <p>{t('gallery.empty.text')}</p>
        </State>
      )}
      <Months pictures={pictures} open={open} />
      <More list={list} />
      <Viewer id={opened} pictures={pictures} go={open} more={() => void (list.hasNextPage && list.fetchNextPage())} />
    </Page>
  );
}

function Months({ pictures, open }: { pictures: Picture[]; open: (id: string) => void }) {
  const t = useT();
  const language = useLanguage();
  const { user } = useSession();
  const zone = user?.timezone ?? 'Asia/Seoul';
  const months = byMonth(pictures, (picture) => today(zone, new Date(picture.created_at)).slice(0, 7));
  return [...months].map(([month, inMonth]) => (
    <section key={month} className={styles.month} aria-labelledby={`month-${month}`}>
      <h2 id={`month-${month}`} className={styles.name}>
        {monthName(month, language)}
      </h2>
      <ul className={styles.grid}>
        {inMonth.map((picture) => (
          <li key={picture.id}>
            <button type="button" className={styles.thumb} onClick={() => open(picture.id)}>
              <span className="unseen">{t('gallery.open', { prompt: picture.prompt.slice(0, 80) })}</span>
              {picture.status === 'ready' ? (
                <Print picture={{ ...picture, status: 'ready' }} alt="" small />
              ) : (
                <Tray status={picture.status} position={picture.position} eta={picture.eta_seconds ?? null} />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  ));
}

function byMonth(pictures: Picture[], monthOf: (picture: Picture) => string): Map<string, Picture[]> {
  const months = new Map<string, Picture[]>();
  for (const picture of pictures) {
    const month = monthOf(picture);
    months.set(month, [...(months.get(month) ?? []), picture]);
  }
  return months;
}
