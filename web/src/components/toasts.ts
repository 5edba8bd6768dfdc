import { useSyncExternalStore } from 'react';

export interface Toast {
  id: number;
  text: string;
  undo?: { text: string; act: () => void };
}

const SHOWN_MILLISECONDS = 6000;
let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Say something in passing; with `undo` it stays long enough to be taken back. */
export function toast(text: string, undo?: Toast['undo']): void {
  last += 1;
  const id = last;
  change([...toasts.slice(-2), { id, text, ...(undo ? { undo } : {}) }]);
  setTimeout(() => dismiss(id), SHOWN_MILLISECONDS);
}

export function dismiss(id: number): void {
  change(toasts.filter((one) => one.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
