import { useCallback, useRef } from 'react';

import { idempotencyKey } from './api/client';

/**
 * Returns the key for a request: the same while the same is sent again, since an answer may have been
 * lost on the way; a new one for anything else, and after `done`.
 */
export function useAttempt(): { key: (body: unknown) => string; done: () => void } {
  const last = useRef({ body: '', key: '' });
  const key = useCallback((body: unknown) => {
    const text = JSON.stringify(body);
    if (last.current.body !== text) last.current = { body: text, key: idempotencyKey() };
    return last.current.key;
  }, []);
  const done = useCallback(() => {
    last.current = { body: '', key: '' };
  }, []);
  return { key, done };
}
