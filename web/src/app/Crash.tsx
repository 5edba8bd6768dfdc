import { Component, type ReactNode } from 'react';

import { Button } from '@/components/Button';
import { State } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { useOnline } from '@/lib/online';

/** The last net: a page that fell over is told, and never blank. */
export class Crash extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <Fallen />;
  }
}

function Fallen() {
  const t = useT();
  // Without a network it is most likely the code of the page that could not be fetched.
  const isOnline = useOnline();
  return (
    <State
      doodle={isOnline ? 'spill' : 'cloud'}
      title={isOnline ? t('states.crashed.title') : t('states.offline.title')}
      actions={
        <Button kind="strong" onClick={() => location.reload()}>
          {t('states.reload')}
        </Button>
      }
    >
      <p role="alert">{isOnline ? t('states.crashed.text') : t('errors.offline')}</p>
    </State>
  );
}
