import styles from './toasts.module.css';
import { dismiss, useToasts } from './toasts';

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={styles.shelf} role="status" aria-live="polite">
      {toasts.map(({ id, text, undo }) => (
        <div key={id} className={styles.toast}>
          <span>{text}</span>
          {undo && (
            <button
              type="button"
              className={styles.undo}
              onClick={() => {
                undo.act();
                dismiss(id);
              }}
            >
              {undo.text}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
