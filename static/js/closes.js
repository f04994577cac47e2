// Before an open visit closes on this device: 2 minutes ahead it is said once, with a button that keeps it open; then that it has closed.
(() => {
  const box = document.querySelector("[data-closes]");
  if (!box) return;
  const words = box.dataset, title = document.title, soon = 120000;
  const status = box.querySelector("[role=status]"), keep = box.querySelector("button");
  let end, timer;

  const say = (text) => { if (status.textContent !== text) status.textContent = text; };

  const update = () => {
    const left = end - Date.now();
    const isSoon = left > 0 && left <= soon;
    if (left <= soon) say(isSoon ? words.soon : words.over);
    box.classList.toggle("closes-soon", left <= soon);
    document.title = isSoon ? `${words.title} ${title}` : title;
    keep.hidden = !isSoon;
    clearTimeout(timer);
    if (left > 0) timer = setTimeout(update, (left > soon ? left - soon : left) + 50);
  };

  const start = (seconds) => { end = Date.now() + seconds * 1000; update(); };

  // A look at the visit keeps it open. Without a connection the line and the button stay.
  keep.addEventListener("click", async () => {
    const page = await fetch(words.url).then((answer) => answer.text()).catch(() => null);
    if (page === null) return;
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-closes]");
    if (fresh) say(words.kept);
    start(fresh ? Number(fresh.dataset.closes) : 0);
    status.focus();
  });

  addEventListener("pageshow", update);
  document.addEventListener("visibilitychange", update); // a device that slept has lost its timers
  start(Number(words.closes));
})();
