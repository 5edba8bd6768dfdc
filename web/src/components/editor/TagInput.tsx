import { X } from 'lucide-react';
import { useId, useState, type KeyboardEvent } from 'react';

import styles from './editor.module.css';
import { useReason } from '@/components/Field';
import { useT } from '@/i18n/i18n';

const MOST = 10;
const CHARACTERS = 30;

interface TagInputProps {
  tags: string[];
  onChange: (tags: string[]) => void;
  reason?: string | undefined;
}

/** Words to find the entry by: Enter, a comma or leaving the field makes one. */
export function TagInput({ tags, onChange, reason }: TagInputProps) {
  const t = useT();
  const id = useId();
  const words = useReason()(reason);
  const [text, setText] = useState('');
  const add = (typed: string) => {
    const tag = typed.trim().replace(/^#+/, '').slice(0, CHARACTERS);
    setText('');
    if (tag !== '' && tags.length < MOST && !tags.some((one) => one.toLowerCase() === tag.toLowerCase())) onChange([...tags, tag]);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    // While a syllable is being put together, Enter only ends it.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && text === '') {
      onChange(tags.slice(0, -1));
    }
  };
  return (
    <div className={styles.tagField}>
      <label htmlFor={id}>{t('entry.tags')}</label>
      <div className={styles.tags}>
        {tags.map((tag) => (
          <span key={tag} className={styles.tag}>
            #{tag}
            <button type="button" aria-label={t('entry.removeTag', { tag })} onClick={() => onChange(tags.filter((one) => one !== tag))}>
              <X size={14} aria-hidden="true" />
            </button>
          </span>
        ))}
        <input
          id={id}
          value={text}
          maxLength={CHARACTERS + 1}
          placeholder={tags.length === 0 ? t('entry.tagsHint') : ''}
          aria-describedby={words ? `${id}-error` : undefined}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          onBlur={() => add(text)}
        />
      </div>
      {words && (
        <p id={`${id}-error`} className={styles.error}>
          {words}
        </p>
      )}
    </div>
  );
}
