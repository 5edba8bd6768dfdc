import { Component, type ReactNode } from 'react';

import { Button, } from '@/components/Button';
import { State } from '@/components/States';
import { useT } from '@/i18n/i18n';

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
  return (
    <State
      doodle="spill"
      title={t('states.crashed.title')}
      actions={
        <Button kind="strong" onClick={() => location.reload()}>
          {t('states.reload')}
        </Button>
      }
    >
      <p role="alert">{t('states.crashed.text')}</p>
    </State>
  );
}
