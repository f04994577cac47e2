// Sends each form once, and puts the focus on the problem. Without this script the server still books once.
(() => {
  const sent = new Set();
  const again = new Map();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) { event.preventDefault(); return; }
    sent.add(form);
    const button = event.submitter || form.querySelector("button:not([type=button])");
    if (!button) return;
    again.set(button, button.innerHTML);
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });

  // Coming back with the Back button: everything can be pressed again.
  addEventListener("pageshow", () => {
    again.forEach((html, button) => { button.innerHTML = html; button.removeAttribute("aria-disabled"); });
    again.clear();
    sent.clear();
  });

  // Arrow keys pick the next radio where it was; when questions between them close, it has moved away.
  document.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    requestAnimationFrame(() => { if (target === document.activeElement) target.scrollIntoView({ block: "nearest" }); });
  });

  // “None of these” goes with no other answer: choosing one lets go of what it contradicts.
  document.addEventListener("change", ({ target }) => {
    const group = target.type === "checkbox" && target.checked && target.closest("[data-excluding]");
    if (!group) return;
    const isNone = (box) => box.value === group.dataset.excluding;
    group.querySelectorAll(`:scope input[name="${CSS.escape(target.name)}"]`).forEach((box) => {
      if (isNone(box) !== isNone(target)) box.checked = false;
    });
  });

  document.querySelectorAll("[data-print]").forEach((item) => {
    item.addEventListener("submit", (event) => { event.preventDefault(); print(); });
    item.hidden = false;
  });

  const problem = document.querySelector(".summary, [data-focus]");
  if (problem) problem.focus();
})();
