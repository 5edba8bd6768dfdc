import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Section } from './Section';
import styles from './settings.module.css';
import { Button } from '@/components/Button';
import { Confirm } from '@/components/Dialog';
import { ErrorNotice } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { logOut, logOutEverywhere } from '@/lib/session/calls';

export function Account() {
  const t = useT();
  const [asks, setAsks] = useState(false);
  const here = useMutation({ mutationFn: logOut });
  const everywhere = useMutation({ mutationFn: logOutEverywhere });
  return (
    <Section title={t('settings.sessions')}>
      <div className={styles.row}>
        <Button onClick={() => here.mutate()} busy={here.isPending && t('actions.busy')}>
          {t('settings.logout')}
        </Button>
        <Button kind="danger" onClick={() => setAsks(true)}>
          {t('settings.logoutAll')}
        </Button>
      </div>
      <Confirm
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={t('settings.logoutAll')}
        text={t('settings.logoutAllText')}
        action={t('settings.logoutAll')}
        busy={everywhere.isPending}
        error={<ErrorNotice error={everywhere.error} />}
        onConfirm={() => everywhere.mutate()}
      />
    </Section>
  );
}
