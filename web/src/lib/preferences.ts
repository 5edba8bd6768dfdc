const SENSITIVE = 'deep-story.sensitive';

/** Whether sensitive pictures are shown without asking, on this device. */
export function showsSensitive(): boolean {
  return localStorage.getItem(SENSITIVE) === 'show';
}

export function showSensitive(show: boolean): void {
  if (show) localStorage.setItem(SENSITIVE, 'show');
  else localStorage.removeItem(SENSITIVE);
}
