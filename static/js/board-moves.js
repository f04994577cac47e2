// Around the board by arrows, and visits moved by mouse or finger. Both end in pages that work without this.
(() => {
  const box = document.querySelector("[data-board]"), form = document.getElementById("step");
  if (!box) return;
  const track = 5 * 60000, all = () => [...box.querySelectorAll("a.block, a.board-free")].filter((one) => one.checkVisibility());
  const column = (one) => one.closest("td").cellIndex;
  const middle = (one) => { const at = one.getBoundingClientRect(); return at.top + Math.min(at.height, 24) / 2; };

  // One tab stop for the whole board: the arrows go on from there.
  const rove = (chosen) => { for (const one of all()) one.tabIndex = one === chosen ? 0 : -1; };
  const start = () => rove(box.contains(document.activeElement) && document.activeElement.closest("a") || all()[0]);
  const go = (one) => { if (one) { rove(one); one.focus(); } };
  box.addEventListener("board:drawn", start);
  box.addEventListener("focusin", (event) => { if (event.target.matches("a.block, a.board-free")) rove(event.target); });
  start();
  if (location.hash.startsWith("#visit-")) document.getElementById(location.hash.slice(1))?.focus();

  const beside = (one, step) => {
    const last = Math.max(...all().map(column));
    for (let at = column(one) + step; at > 0 && at <= last; at += step) {
      const there = all().filter((other) => column(other) === at);
      if (there.length) return there.sort((a, b) => Math.abs(middle(a) - middle(one)) - Math.abs(middle(b) - middle(one)))[0];
    }
  };
  const below = (one, step) => {
    const mine = all().filter((other) => column(other) === column(one)).sort((a, b) => middle(a) - middle(b));
    return mine[mine.indexOf(one) + step];
  };

  document.addEventListener("keydown", (event) => {
    const one = document.activeElement?.closest?.("a.block, a.board-free");
    if (!one || !box.contains(one) || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: () => beside(one, -1), ArrowRight: () => beside(one, 1), ArrowUp: () => below(one, -1), ArrowDown: () => below(one, 1) };
    if (!steps[event.key]) return;
    event.preventDefault();
    go(steps[event.key]());
  });

  document.addEventListener("desk:key", (event) => {
    const key = event.detail, one = document.activeElement?.closest?.("a.block, a.board-free");
    const done = () => event.preventDefault();
    if (/^[1-6]$/.test(key)) { go(all().find((other) => column(other) === Number(key))); return done(); }
    if (!one || !box.contains(one)) return;
    if (key === "n" && one.matches(".board-free")) { location.assign(one.href); return done(); }
    if (!one.matches("a.block")) return;
    if (key === "m" && form.dataset.moves) { location.assign(`${one.href}move/`); return done(); }
    if (key === "a" && form.dataset.steps && one.dataset.status === "booked") {
      form.action = `${one.href}step/`;
      form.elements.version.value = one.dataset.version;
      form.elements.step.value = "arrived";
      form.submit();
      done();
    }
  });

  // ---- dragging: from -> to is shown, and the move's own page confirms it

  const zone = () => box.querySelector("[data-zone]").dataset.zone;
  const clock = (at) => new Date(at).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone: zone() }).toLowerCase();
  let drag = null, dropped = 0, held = null; // held: a finger that has not moved yet

  const under = (event) => {
    const cell = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches?.("td[data-scanner-id]"));
    if (!cell) return null;
    const from = cell.getBoundingClientRect(), tracks = Math.floor(((event.clientY - drag.grip - from.top) / from.height) * 12);
    const at = new Date(cell.parentElement.dataset.at).getTime() + tracks * track;
    return { scanner: cell.dataset.scannerId, name: cell.dataset.scanner, at };
  };

  const lift = () => {
    box.dataset.dragging = "yes";
    drag.from = drag.one.querySelector("time").textContent;
    drag.ghost = Object.assign(document.createElement("div"), { className: "board-ghost" });
    document.body.append(drag.ghost);
  };
  const follow = (event) => {
    drag.to = under(event);
    drag.ghost.textContent = drag.to ? `${drag.from} → ${clock(drag.to.at)}, ${drag.to.name}` : drag.from;
    // Positions of a moving thing can't stand in a sheet; the policy allows them through the object model.
    drag.ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
  };
  const letGo = () => { clearTimeout(held?.timer); held = null; };

  box.addEventListener("pointerdown", (event) => {
    const one = event.target.closest("a.block");
    if (!one || event.button || !form.dataset.moves || !/booked|arrived/.test(one.dataset.status)) return;
    const begun = { one, x: event.clientX, y: event.clientY, grip: event.clientY - one.getBoundingClientRect().top, ghost: null };
    if (event.pointerType !== "touch") { drag = begun; return; }
    // A finger scrolls and taps; held still for a moment, it takes the visit along.
    held = { x: event.clientX, y: event.clientY, timer: setTimeout(() => { held = null; drag = begun; lift(); follow(event); }, 400) };
  });
  box.addEventListener("touchmove", (event) => { if (drag?.ghost) event.preventDefault(); }, { passive: false }); // no scrolling meanwhile
  box.addEventListener("contextmenu", (event) => { if (drag?.ghost || held) event.preventDefault(); });
  box.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("pointermove", (event) => {
    if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > 10) letGo();
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
      lift();
    }
    follow(event);
  });
  const drop = (event) => {
    letGo();
    if (!drag) return;
    const { ghost, to, one } = drag;
    drag = null;
    delete box.dataset.dragging;
    if (!ghost) return;
    ghost.remove();
    dropped = Date.now();
    if (event.type === "pointerup" && to) location.assign(`${one.href}move/?scanner=${to.scanner}&at=${encodeURIComponent(new Date(to.at).toISOString())}`);
  };
  box.addEventListener("click", (event) => { if (Date.now() - dropped < 300) event.preventDefault(); }, true); // a drop is no press
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) drop(event); });
})();
