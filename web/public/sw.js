// Keeps the app itself, so that it opens and goes on without a network. What people wrote is kept by
// the app (IndexedDB); answers of the API and pictures are never kept here.
const SHELL = 'shell-1';
const PAGE = '/index.html';

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate') {
    if (!url.pathname.startsWith('/api/')) event.respondWith(page(event));
  } else if (url.pathname.startsWith('/assets/') || url.pathname.startsWith('/icons/') || url.pathname === '/theme.js') {
    event.respondWith(keptFile(event.request));
  }
});

/** The page from the network, and from here only when there is none. */
async function page(event) {
  try {
    const fresh = await fetch(event.request);
    event.waitUntil(keepShell().catch(() => undefined));
    return fresh;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

/** Keep the page and all code it may come to need, but for what only administrators open. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  const fresh = await fetch(PAGE, { cache: 'no-cache' });
  if (!fresh.ok) throw new Error(`the page answered ${fresh.status}`);
  const kept = await cache.match(PAGE);
  if (kept && (await kept.text()) === (await fresh.clone().text())) return;
  const files = Object.entries(await (await fetch('/files.json', { cache: 'no-cache' })).json());
  const needed = files.filter(([source]) => !/admin|apexcharts/.test(source)).flatMap(([, file]) => [file.file, ...(file.css ?? [])]);
  const urls = [...new Set(needed)].filter((file) => /\.(js|css)$/.test(file)).map((file) => `/${file}`);
  await cache.addAll([...urls, '/theme.js']);
  await cache.put(PAGE, fresh);
}

async function keptFile(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const file = await fetch(request);
  if (file.ok) (await caches.open(SHELL)).put(request, file.clone());
  return file;
}
