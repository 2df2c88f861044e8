// Keeps the shell and the hashed files, nothing else: never the API, media,
// hooks or the stream. A new version waits until the person asks for it.
const VERSION = '__VERSION__';
const FILES = '__FILES__';
const CACHE = `prosa-${VERSION}`;
const SHELL = '/__shell';

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      await cache.addAll(FILES);
      const page = await fetch('/', { cache: 'no-store' });
      if (page.ok) await cache.put(SHELL, page);
    }),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((n) => n.startsWith('prosa-') && n !== CACHE).map((n) => caches.delete(n))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'activate') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (
    event.request.mode === 'navigate' &&
    !/^\/(api|hooks|graph|metrics|healthz|readyz)/.test(url.pathname)
  ) {
    event.respondWith(
      fetch(event.request).catch(async () => (await caches.match(SHELL)) ?? Response.error()),
    );
    return;
  }
  if (url.pathname.startsWith('/assets/'))
    event.respondWith(caches.match(event.request).then((found) => found ?? fetch(event.request)));
});
