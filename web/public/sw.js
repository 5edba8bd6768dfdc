// Keeps the app's shell, so that it opens without a network. What people wrote is kept by the app
// itself (IndexedDB), and answers of the API are never kept here.
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
  if (event.request.mode === 'navigate' && !url.pathname.startsWith('/api/')) {
    event.respondWith(freshPage(event.request));
  } else if (url.pathname.startsWith('/assets/') || url.pathname.startsWith('/icons/')) {
    event.respondWith(keptFile(event.request));
  }
});

async function keepShell() {
  const cache = await caches.open(SHELL);
  const page = await fetch(PAGE, { cache: 'no-cache' });
  if (!page.ok) throw new Error(`the shell answered ${page.status}`);
  await cache.put(PAGE, page.clone());
  const files = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((found) => found[1]);
  await cache.addAll([...new Set(files)]);
}

async function freshPage(request) {
  try {
    const page = await fetch(request);
    if (page.ok) (await caches.open(SHELL)).put(PAGE, page.clone());
    return page;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

async function keptFile(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const file = await fetch(request);
  if (file.ok) (await caches.open(SHELL)).put(request, file.clone());
  return file;
}
