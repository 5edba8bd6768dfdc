import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

import { Button } from './Button';
import styles from './dialog.module.css';
import { useT } from '@/i18n/i18n';
import { classes } from '@/lib/classes';

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Must be answered: it neither closes by Escape nor by a click beside it. */
  insistent?: boolean;
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ title, isOpen, onClose, insistent = false, wide = false, children }: DialogProps) {
  return (
    <ModalOverlay
      className={styles.veil ?? ''}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!insistent}
      isKeyboardDismissDisabled={insistent}
    >
      <Modal className={classes(styles.sheet, wide && styles.wide)}>
        <AriaDialog className={styles.dialog ?? ''}>
          <Heading slot="title" className={styles.title ?? ''}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  /** What the button does, in words: never just "OK". */
  action: string;
  busy?: boolean;
  error?: ReactNode;
  isOpen: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks plainly before something that cannot be taken back. */
export function Confirm({ title, text, action, busy = false, error, isOpen, onConfirm, onClose }: ConfirmProps) {
  const t = useT();
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <p>{text}</p>
      {error}
      <div className={styles.actions}>
        <Button onClick={onClose}>{t('actions.cancel')}</Button>
        <Button kind="danger" onClick={onConfirm} busy={busy && t('actions.busy')}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
