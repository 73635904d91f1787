// Answers in place of a server that cannot be reached. It keeps one page that says so, and no other.
const CACHE = "offline";
const PAGE = {{ url_for("offline.page")|tojson }};
const FILES = [{% for file in files %}{{ asset(file)|tojson }}{{ ", " if not loop.last }}{% endfor %}];
const NOBODY_BEHIND = [502, 504]; // what a proxy says whose app is away

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES])));
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  // Pages are asked for while the worker starts: they come no later than without it.
  await self.registration.navigationPreload?.enable();
  await clients.claim();
  const cache = await caches.open(CACHE);
  const known = [PAGE, ...FILES].map((address) => new URL(address, location).href);
  for (const { url } of await cache.keys()) if (!known.includes(url)) await cache.delete(url);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  if (FILES.includes(pathname + search)) event.respondWith(fetch(request).catch(() => kept(request)));
  if (request.mode !== "navigate") return;
  if (request.method === "GET") event.respondWith(open(event));
  // Files go their way untouched: they may be large, and some browsers lose them on the way through here.
  else if (!request.headers.get("content-type")?.startsWith("multipart/")) event.respondWith(send(event));
});

const kept = (what) => caches.match(what, { cacheName: CACHE, ignoreVary: true });

async function open(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    return NOBODY_BEHIND.includes(answer.status) ? await kept(PAGE) : answer;
  } catch {
    return kept(PAGE);
  }
}

// A form without an answer stays as it is, with all that was typed, and its page says so.
async function send(event) {
  try {
    return await fetch(event.request);
  } catch {
    (await pageOf(event))?.postMessage("no-answer");
    return new Response(null, { status: 204 });
  }
}

async function pageOf(event) {
  // Not every browser says from which page a form came.
  return (await clients.get(event.clientId)) ?? (await clients.matchAll({ type: "window" })).find((page) => page.focused);
}
