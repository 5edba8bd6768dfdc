import { Bell, LogIn, Menu, Search } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';

import { LanguageSwitch } from './LanguageSwitch';
import { Logo } from './Logo';
import { placesFor } from './places';
import styles from './shell.module.css';
import { Unread } from './Unread';
import { Button, ButtonLink } from '@/components/Button';
import { useT } from '@/i18n/i18n';
import { useUnread } from '@/lib/notices';
import { useSession } from '@/lib/session/useSession';

/** Logo, search and the rest of the places, on narrow screens. */
export function TopBar() {
  const t = useT();
  const { user } = useSession();
  const unread = useUnread();
  const { key } = useLocation();
  const [openAt, setOpenAt] = useState<string | null>(null);
  // Going somewhere closes it.
  const isOpen = openAt === key;
  return (
    <header className={styles.top}>
      <Logo />
      <div className={styles.topActions}>
        <ButtonLink to="/search" kind="plain" label={t('nav.search')}>
          <Search size={22} aria-hidden="true" />
        </ButtonLink>
        {user === null ? (
          <>
            <ButtonLink to="/login" kind="plain" label={t('nav.login')}>
              <LogIn size={22} aria-hidden="true" />
            </ButtonLink>
            <LanguageSwitch />
          </>
        ) : (
          <>
            <ButtonLink to="/notifications" kind="plain" label={unread > 0 ? `${t('nav.notices')} ${unread}` : t('nav.notices')} className={styles.bell}>
              <Bell size={22} aria-hidden="true" />
              <Unread />
            </ButtonLink>
            <Button
              kind="plain"
              label={t('nav.more')}
              aria-expanded={isOpen}
              aria-controls="more-places"
              onClick={() => setOpenAt(isOpen ? null : key)}
            >
              <Menu size={22} aria-hidden="true" />
            </Button>
          </>
        )}
      </div>
      {isOpen && (
        <nav id="more-places" className={styles.sheet} aria-label={t('nav.more')}>
          {placesFor(user).map(({ to, name, Icon, tone }) => (
            <Link key={to} to={to} className={styles.place} data-tone={tone}>
              <Icon size={20} aria-hidden="true" />
              {t(`nav.${name}`)}
            </Link>
          ))}
        </nav>
      )}
    </header>
  );
}
