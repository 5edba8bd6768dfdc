export type Theme = 'system' | 'light' | 'dark';

const CHOSEN = 'deep-story.theme';

export function chosenTheme(): Theme {
  const theme = localStorage.getItem(CHOSEN);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(CHOSEN);
  else localStorage.setItem(CHOSEN, theme);
  // public/theme.js shows it.
  dispatchEvent(new StorageEvent('storage', { key: CHOSEN }));
}
