import { Link } from 'react-router';

import styles from './shell.module.css';

/** The label on the cover of the notebook. */
export function Logo() {
  return (
    <Link to="/" className={styles.logo}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path className={styles.logoPage} d="M5.5 5.2c7-.6 14-.5 21 0 .3 7 .3 14.3 0 21.5-7 .4-14 .4-21 0-.4-7.2-.4-14.5 0-21.5z" />
        <path className={styles.logoSun} d="M21 9.5c2.4 0 2.4 3.8 0 3.8s-2.4-3.8 0-3.8z" />
        <path className={styles.logoHill} d="M7.5 17.5c3-5 5-5.6 7.5-1.6 1.6-1.9 3.5-2.3 5-.6l3.6 2.6" />
        <path className={styles.logoLine} d="M8 21.3c5.3.3 10.7.3 16 0M8 24.2c3.6.2 7.4.2 11 0" />
      </svg>
      <span>Deep-Story</span>
    </Link>
  );
}
