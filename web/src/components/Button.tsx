import type { ComponentProps, ReactNode } from 'react';
import { Link, type LinkProps } from 'react-router';

import styles from './buttons.module.css';
import { classes } from '@/lib/classes';

type Kind = 'strong' | 'danger' | 'plain' | 'usual';

interface Looks {
  kind?: Kind;
  size?: 'small' | 'usual';
  /** Words for a button that shows an icon only. */
  label?: string;
}

interface ButtonProps extends Looks, Omit<ComponentProps<'button'>, 'aria-label'> {
  /** What it says while it works; it takes no clicks then. */
  busy?: string | false;
}

export function Button({ kind, size, label, busy, className, children, disabled, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classes(look({ kind, size, label }), className)}
      disabled={disabled === true || Boolean(busy)}
      aria-label={label}
      title={label}
    >
      {busy ? busy : children}
    </button>
  );
}

export function ButtonLink({ kind, size, label, className, children, ...rest }: Looks & LinkProps & { children: ReactNode }) {
  return (
    <Link {...rest} className={classes(look({ kind, size, label }), className)} aria-label={label} title={label}>
      {children}
    </Link>
  );
}

/** The classes of a button, for the pressable things of React Aria. */
export function look({ kind = 'usual', size = 'usual', label }: Looks): string {
  return classes(
    styles.button,
    kind !== 'usual' && styles[kind],
    size === 'small' && styles.small,
    label !== undefined && styles.icon,
  );
}
