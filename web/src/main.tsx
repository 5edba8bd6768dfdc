import './styles/tokens.css';
import './styles/base.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app/App';
import { startLanguage } from './i18n/i18n';
import { session } from './lib/session/session';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

void session.start();
// Most visits begin here: its code comes together with the words.
if (location.pathname === '/') void import('./features/home/Home');
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// What the first paint can do without.
void import('./styles/fonts');
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  const register = () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  // The page may be loaded before its words are.
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}
