// What needs a script: live figures, and pages that were seen while there is no network.
(() => {
  const said = document.getElementById("offline");
  const tell = () => { said.hidden = navigator.onLine; };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();

  const SECONDS = 10;
  const refresh = async (box) => {
    if (document.hidden || !navigator.onLine) return;
    const answer = await fetch(box.dataset.live, { redirect: "error" });
    if (answer.ok) box.innerHTML = await answer.text();
  };
  for (const box of document.querySelectorAll("[data-live]"))
    setInterval(() => refresh(box).catch(() => {}), SECONDS * 1000);

  const go = document.querySelector("[data-go]");
  if (go) location.replace(go.dataset.go);

  // A payment that is not certain yet: the server asks the gateway, at most a few times a minute.
  const waits = document.querySelector("[data-waits]");
  const look = async () => {
    const answer = await fetch(waits.dataset.waits);
    if (answer.ok && (await answer.json()).certain) location.reload();
  };
  if (waits) setInterval(() => look().catch(() => {}), 4000);

  if (!("serviceWorker" in navigator)) return;
  const script = document.currentScript.dataset.worker;
  navigator.serviceWorker.register(script).catch(() => {});
  // Who is logged out leaves nothing of theirs on the device.
  if (!document.body.classList.contains("inside")) caches.delete("pages").catch(() => {});
})();
