// Pages come from the network; where there is none, as they were last seen. Never an answer to a
// form, never a PDF; of files of ours the address changes with the content, so they are kept.
const PAGES = "pages", FILES = "files";
const isFile = (url) => url.pathname.startsWith("/portal/static/") || url.pathname.startsWith("/portal/brand/");

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const put = async (name, request, answer) => (await caches.open(name)).put(request, answer);

const file = async (event) => {
  const kept = await caches.match(event.request);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(put(FILES, event.request, answer.clone()));
  return answer;
};

const page = async (event) => {
  try {
    const answer = await fetch(event.request);
    const ours = answer.ok && !answer.redirected && answer.type === "basic";
    if (ours && answer.headers.get("Content-Type").startsWith("text/html"))
      event.waitUntil(put(PAGES, event.request, answer.clone()));
    return answer;
  } catch (gone) {
    const kept = await caches.match(event.request, { cacheName: PAGES });
    if (kept) return kept;
    throw gone;
  }
};

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (isFile(url)) event.respondWith(file(event));
  else if (event.request.mode === "navigate" && !url.pathname.includes("/pay")) event.respondWith(page(event));
});
