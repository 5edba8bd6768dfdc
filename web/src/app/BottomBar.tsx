import { CalendarDays, House, Images, NotebookPen, PenLine } from 'lucide-react';
import { NavLink } from 'react-router';

import styles from './shell.module.css';
import { useT } from '@/i18n/i18n';
import { useSession } from '@/lib/session/useSession';

const PLACES = [
  { to: '/', name: 'home', Icon: House },
  { to: '/calendar', name: 'calendar', Icon: CalendarDays },
  { to: '/write', name: 'write', Icon: PenLine },
  { to: '/gallery', name: 'gallery', Icon: Images },
  { to: '/me', name: 'mine', Icon: NotebookPen },
] as const;

/** The five places one goes to most, under the thumb. */
export function BottomBar() {
  const t = useT();
  const { user } = useSession();
  if (user === null) return null;
  return (
    <nav className={styles.bottom} aria-label={t('nav.label')}>
      {PLACES.map(({ to, name, Icon }) => (
        <NavLink key={to} to={to} end className={styles.thumb} data-write={name === 'write'}>
          <Icon size={22} aria-hidden="true" />
          <span>{t(name === 'home' ? 'nav.homeShort' : `nav.${name}`)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
