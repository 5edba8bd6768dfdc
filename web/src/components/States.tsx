import type { ReactNode } from 'react';

import { Button, ButtonLink } from './Button';
import { Doodle, type DoodleName } from './Doodle';
import styles from './states.module.css';
import { useT, type Translate } from '@/i18n/i18n';
import { ApiError, isStatus, OfflineError } from '@/lib/api/errors';
import { useTitle } from '@/lib/title';

interface StateProps {
  doodle: DoodleName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** It is the whole page, not a part of one. */
  whole?: boolean;
}

/** A page or list that has nothing to show, and what to do next. */
export function State({ doodle, title, children, actions, whole = false }: StateProps) {
  useTitle(whole ? title : undefined);
  const Heading = whole ? 'h1' : 'h2';
  return (
    <section className={styles.state}>
      <Doodle name={doodle} className={styles.drawing} />
      <Heading className={styles.title}>{title}</Heading>
      {children}
      {actions && <div className={styles.actions}>{actions}</div>}
    </section>
  );
}

export function Waiting({ children }: { children?: ReactNode }) {
  const t = useT();
  return (
    <p className={styles.waiting} role="status">
      {children ?? t('states.loading')}
    </p>
  );
}

interface FailureProps {
  error: Error;
  retry?: () => void;
  whole?: boolean;
}

/** What could not be shown, why, and what helps. */
export function Failure({ error, retry, whole = false }: FailureProps) {
  const t = useT();
  const home = (
    <ButtonLink to="/" key="home">
      {t('states.home')}
    </ButtonLink>
  );
  if (isStatus(error, 404)) {
    return (
      <State doodle="page" title={t('states.absent.title')} actions={home} whole={whole}>
        <p>{t('states.absent.text')}</p>
      </State>
    );
  }
  if (isStatus(error, 403)) {
    return (
      <State doodle="lock" title={t('states.forbidden.title')} actions={home} whole={whole}>
        <p>{t('states.forbidden.text')}</p>
      </State>
    );
  }
  const isOffline = error instanceof OfflineError;
  const actions = retry && (
    <Button kind="strong" onClick={retry}>
      {t('states.again')}
    </Button>
  );
  return (
    <State
      doodle={isOffline ? 'cloud' : 'spill'}
      title={isOffline ? t('states.offline.title') : t('states.failed.title')}
      actions={actions}
      whole={whole}
    >
      <p role="alert">{errorWords(error, t)}</p>
      {error instanceof ApiError && error.requestId && <p className={styles.code}>{error.requestId}</p>}
    </State>
  );
}

interface NoticeProps {
  kind?: 'danger' | 'good' | 'usual';
  children: ReactNode;
}

export function Notice({ kind = 'usual', children }: NoticeProps) {
  return (
    <div className={styles.notice} data-kind={kind} role={kind === 'danger' ? 'alert' : 'status'}>
      <div>{children}</div>
    </div>
  );
}

export function ErrorNotice({ error }: { error: Error | null }) {
  const t = useT();
  return error && <Notice kind="danger">{errorWords(error, t)}</Notice>;
}

const WORDED = new Set([
  'email_taken', 'invalid_credentials', 'account_suspended', 'protected_account', 'wrong_password',
  'too_many_attempts', 'too_many_requests', 'too_many_reports', 'picture_state', 'model_server_busy',
  'no_model_server',
  'cannot_block_yourself', 'cannot_hide', 'unavailable', 'not_found', 'forbidden', 'unauthorized',
  'validation_failed', 'conflict', 'already_asked', 'already_friends', 'cannot_ask_yourself',
  'too_many_friend_requests', 'too_many_exports', 'payload_too_large', 'idempotency_key_reused', 'invalid_token',
]);

/** Say in the user's language what went wrong. */
export function errorWords(error: Error, t: Translate): string {
  if (error instanceof OfflineError) return t('errors.offline');
  if (!(error instanceof ApiError)) return t('errors.unexpected');
  const words = WORDED.has(error.code) ? t(`errors.${error.code}` as 'errors.unexpected') : t('errors.unexpected');
  const wait = error.retryAfterSeconds;
  if (wait === null || error.status !== 429) return words;
  const when = wait < 90 ? t('errors.inSeconds', { count: wait }) : t('errors.inMinutes', { count: Math.ceil(wait / 60) });
  return `${words} ${when}`;
}
