import { useId, type ComponentProps, type ReactNode } from 'react';

import styles from './fields.module.css';
import { useT } from '@/i18n/i18n';
import { reasonOf } from '@/lib/api/reasons';
import { classes } from '@/lib/classes';

interface About {
  label: string;
  hint?: ReactNode;
  /** The API's reason why the value does not fit. */
  reason?: string | undefined;
}

export function TextField({ label, hint, reason, className, ...rest }: About & ComponentProps<'input'>) {
  return (
    <Around label={label} hint={hint} reason={reason} className={className}>
      {(aria) => <input {...rest} {...aria} className={styles.input} />}
    </Around>
  );
}

export function TextArea({ label, hint, reason, className, ...rest }: About & ComponentProps<'textarea'>) {
  return (
    <Around label={label} hint={hint} reason={reason} className={className}>
      {(aria) => <textarea {...rest} {...aria} className={styles.input} />}
    </Around>
  );
}

export function SelectField({ label, hint, reason, className, children, ...rest }: About & ComponentProps<'select'>) {
  return (
    <Around label={label} hint={hint} reason={reason} className={className}>
      {(aria) => (
        <select {...rest} {...aria} className={styles.input}>
          {children}
        </select>
      )}
    </Around>
  );
}

export function Checkbox({ label, hint, ...rest }: { label: string; hint?: string } & ComponentProps<'input'>) {
  const id = useId();
  return (
    <label className={styles.choice}>
      <input {...rest} type="checkbox" aria-describedby={hint ? id : undefined} />
      <span>
        <span>{label}</span>
        {hint && (
          <span id={id} className={styles.hint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

export function useReason(): (reason: string | undefined) => string | undefined {
  const t = useT();
  return (reason) => {
    if (reason === undefined) return undefined;
    const { key, values } = reasonOf(reason);
    return t(`reasons.${key}` as 'reasons.unclear', values);
  };
}

interface Aria {
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

function Around({ label, hint, reason, className, children }: About & { className?: string | undefined; children: (aria: Aria) => ReactNode }) {
  const id = useId();
  const words = useReason()(reason);
  const described = [hint ? `${id}-hint` : '', words ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className={classes(styles.field, className)}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-invalid': words ? true : undefined, 'aria-describedby': described || undefined })}
      {hint && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
      {words && (
        <p id={`${id}-error`} className={styles.error}>
          {words}
        </p>
      )}
    </div>
  );
}
