// Keeps the app itself, so that it opens and goes on without a network. What people wrote is kept by
// the app (IndexedDB); answers of the API and pictures are never kept here.
//
// Each build that was seen has a cache of its own, named by when. The one before is left for tabs that
// were opened with it; older ones go.
const PREFIX = 'shell-';
const PAGE = '/index.html';
const UNHASHED = ['/theme.js', '/icons/icon.svg', '/icons/icon-192.png'];
let keeping = null;

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
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(hashedFile(event.request));
  } else if (UNHASHED.includes(url.pathname)) {
    event.respondWith(freshFile(event.request));
  }
});

/** The page from the network, and from here only when there is none. */
async function page(event) {
  try {
    const fresh = await fetch(event.request);
    event.waitUntil(keepShell().catch(() => undefined));
    return fresh;
  } catch {
    return (await kept(PAGE)) ?? Response.error();
  }
}

/** What its name changes with never changes itself. */
async function hashedFile(request) {
  const found = await caches.match(request);
  if (found) return found;
  const file = await fetch(request);
  if (file.ok) {
    const [newest] = await shells();
    if (newest) await (await caches.open(newest)).put(request, file.clone());
  }
  return file;
}

async function freshFile(request) {
  try {
    return await fetch(request);
  } catch {
    return (await kept(request)) ?? Response.error();
  }
}

/** Keep the newest build, once however many pages are opened at the same time. */
function keepShell() {
  keeping ??= keepNewest().finally(() => (keeping = null));
  return keeping;
}

/** Keep the page and all code it may come to need, but for what only administrators open. */
async function keepNewest() {
  const fresh = await fetch(PAGE, { cache: 'no-cache' });
  if (!fresh.ok) throw new Error(`the page answered ${fresh.status}`);
  const before = await kept(PAGE);
  if (before && (await before.text()) === (await fresh.clone().text())) return;
  const files = Object.entries(await (await fetch('/files.json', { cache: 'no-cache' })).json());
  const needed = files.filter(([source]) => !/admin|apexcharts/.test(source)).flatMap(([, file]) => [file.file, ...(file.css ?? [])]);
  const urls = [...new Set(needed)].filter((file) => /\.(js|css)$/.test(file)).map((file) => `/${file}`);
  const [last] = await shells();
  const name = `${PREFIX}${Date.now()}`;
  const cache = await caches.open(name);
  try {
    await cache.addAll([...urls, ...UNHASHED]);
    await cache.put(PAGE, fresh);
  } catch (error) {
    // Half a build is none.
    await caches.delete(name);
    throw error;
  }
  const old = (await shells()).filter((one) => one !== name && one !== last);
  await Promise.all(old.map((one) => caches.delete(one)));
}

/** The caches of builds, the newest first. */
async function shells() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  return names.sort((one, other) => Number(other.slice(PREFIX.length)) - Number(one.slice(PREFIX.length)));
}

async function kept(what) {
  for (const name of await shells()) {
    const found = await (await caches.open(name)).match(what);
    if (found) return found;
  }
  return undefined;
}
