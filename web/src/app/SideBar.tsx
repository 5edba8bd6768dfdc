import { PenLine } from 'lucide-react';
import { NavLink } from 'react-router';

import { LanguageSwitch } from './LanguageSwitch';
import { Logo } from './Logo';
import { placesFor } from './places';
import styles from './shell.module.css';
import { Unread } from './Unread';
import { ButtonLink } from '@/components/Button';
import { useT } from '@/i18n/i18n';
import { useSession } from '@/lib/session/useSession';

/** The index tabs along the notebook's edge, on wide screens. */
export function SideBar() {
  const t = useT();
  const { status, user } = useSession();
  return (
    <header className={styles.side}>
      <Logo />
      <nav aria-label={t('nav.label')}>
        <ul className={styles.places}>
          {placesFor(user).map(({ to, name, Icon, tone }) => (
            <li key={to}>
              <NavLink to={to} end={to === '/'} className={styles.place} data-tone={tone}>
                <Icon size={20} aria-hidden="true" />
                <span>{t(`nav.${name}`)}</span>
                {name === 'notices' && <Unread />}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      {status === 'anonymous' ? (
        <div className={styles.enter}>
          <ButtonLink to="/signup" kind="strong">
            {t('nav.signup')}
          </ButtonLink>
          <ButtonLink to="/login">{t('nav.login')}</ButtonLink>
          <LanguageSwitch />
        </div>
      ) : (
        <ButtonLink to="/write" kind="strong" className={styles.write}>
          <PenLine size={20} aria-hidden="true" />
          {t('nav.write')}
        </ButtonLink>
      )}
    </header>
  );
}
