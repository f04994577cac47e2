// The day board and its lists, kept up to date: every 10 seconds it asks whether anything changed, never while the tab is hidden or something is being dragged. What has the focus keeps it.
(() => {
  const box = document.querySelector("[data-board]");
  if (!box) return;
  const stale = document.querySelector("[data-stale]"), every = 10000, patience = 30000, lines = 60000;
  let heard = Date.now(), drawn = Date.now(), busy = false;

  const version = () => box.querySelector("[data-version]").dataset.version;
  const told = () => new Map([...box.querySelectorAll("[id^=visit-]")].map((one) => [one.id, one.className + one.textContent]));

  // Only the table is replaced: forms stand outside of it, so that nothing that is typed is lost.
  const swap = (html) => {
    const before = told(), active = document.activeElement, scroll = box.querySelector(".board-scroll");
    const at = scroll && [scroll.scrollLeft, scroll.scrollTop];
    const row = box.contains(active) && active.closest("[id^=visit-]")?.id;
    const focused = box.contains(active) ? active.id || active.getAttribute("href") || (active === scroll && "scroll") : "";
    box.innerHTML = html;
    const fresh = box.querySelector(".board-scroll");
    if (fresh && at) fresh.scrollTo(...at);
    if (focused) {
      const again = focused === "scroll" ? fresh : document.getElementById(focused) || box.querySelector(`[href="${CSS.escape(focused)}"]`) || (row && document.getElementById(row)?.querySelector("a"));
      (again || fresh || box).focus({ preventScroll: true });
    }
    for (const [id, words] of told()) if (before.get(id) !== words) flash(document.getElementById(id));
    drawn = Date.now();
    box.dispatchEvent(new Event("board:drawn"));
  };

  const flash = (one) => {
    one.classList.add("board-changed");
    setTimeout(() => one.classList.remove("board-changed"), 2000);
  };

  const ask = async () => {
    // A button that is being pressed stays until it is let go.
    if (busy || document.hidden || box.dataset.dragging || box.querySelector(":active")) return;
    busy = true;
    // The now-line and the minutes of holds move without a change.
    const since = Date.now() - drawn > lines ? "0" : version();
    try {
      const answer = await fetch(`${box.dataset.board}?since=${since}`, { credentials: "same-origin", redirect: "manual" });
      if (answer.status === 200) swap(await answer.text());
      if (answer.status === 200 || answer.status === 204) heard = Date.now();
    } catch { /* said below, once it has lasted */ }
    busy = false;
    say();
  };

  const say = () => {
    const is_stale = Date.now() - heard > patience;
    if (is_stale && stale.hidden) stale.textContent = `${stale.dataset.stale} ${new Date(heard).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}`;
    stale.hidden = !is_stale;
  };

  setInterval(ask, every);
  document.addEventListener("visibilitychange", ask);
  const line = box.querySelector(".board-now");
  if (line && !location.hash) line.scrollIntoView({ block: "center" });
})();
