import type { ReactNode } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

import styles from './choices.module.css';

interface ChoicesProps<T extends string> {
  label: string;
  options: readonly { id: T; label: string; content?: ReactNode }[];
  chosen: T | null;
  onChoose: (id: T | null) => void;
  /** One of them is always chosen. */
  needed?: boolean;
  look?: 'stamps' | 'segments' | 'swatches';
}

/** A few things of which one is chosen; the arrow keys go through them. */
export function Choices<T extends string>({ label, options, chosen, onChoose, needed = false, look = 'segments' }: ChoicesProps<T>) {
  return (
    <ToggleButtonGroup
      className={styles[look] ?? ''}
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection={needed}
      selectedKeys={chosen === null ? [] : [chosen]}
      onSelectionChange={(keys) => onChoose(([...keys][0] as T | undefined) ?? null)}
    >
      {options.map(({ id, label: name, content }) => (
        <ToggleButton key={id} id={id} aria-label={content && look === 'stamps' ? name : undefined} className={styles.option ?? ''}>
          {content}
          {(look !== 'stamps' || !content) && <span>{name}</span>}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
