// The desk's keys. Dead while something is typed, and turned off by whoever does not want them (WCAG 2.1.4).
(() => {
  const help = document.getElementById("keys"), on = document.getElementById("keys-on");
  if (!help) return;
  const kept = "desk-keys";
  on.checked = localStorage.getItem(kept) !== "off";
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(kept) : localStorage.setItem(kept, "off")));

  const typing = (one) => one && (one.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName));
  const press = (key) => {
    const one = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (one) one.click();
    return Boolean(one);
  };

  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || event.altKey || help.open || typing(event.target)) return;
    if (command && event.key.toLowerCase() === "k" && press("/")) return event.preventDefault();
    if (!on.checked) return;
    if (command && event.key.toLowerCase() === "z" && press("z")) return event.preventDefault();
    if (command) return;
    if (event.key === "?") { help.showModal(); return event.preventDefault(); }
    if (event.key === "c") {
      const code = document.querySelector("[data-copy]");
      if (code) navigator.clipboard?.writeText(code.textContent.trim());
      return;
    }
    if (event.key === "j" || event.key === "k") {
      const rows = [...document.querySelectorAll("tr[id^='task-']")], at = rows.indexOf(event.target.closest("tr"));
      const next = rows[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
      if (next) { next.focus(); event.preventDefault(); }
      return;
    }
    // The board's own keys come first: they are about the visit that has the focus.
    if (document.dispatchEvent(new CustomEvent("desk:key", { detail: event.key, cancelable: true })) && !press(event.key)) return;
    event.preventDefault();
  });
})();
