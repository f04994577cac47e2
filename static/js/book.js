// A booking by phone, faster: exams while typing, answers by y, n and u, and everything kept on the server as it is typed. All of it works without this.
(() => {
  const later = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };
  const send = (form, name) => {
    const data = new FormData(form);
    data.append(name, "1");
    return fetch(form.action || location.href, { method: "POST", body: data, redirect: "manual", headers: { "X-Requested-With": "fetch" } });
  };

  const search = document.querySelector("[data-find]");
  if (search) {
    const input = search.querySelector("[name=q]"), found = document.getElementById("found");
    let asked = 0;
    input.addEventListener("input", later(120, async () => {
      const mine = ++asked;
      if (!input.value.trim()) { found.replaceChildren(); return; }
      const answer = await send(search, "find").catch(() => null);
      if (answer && answer.ok && mine === asked) found.innerHTML = await answer.text();
    }));
    // Enter takes the first; the arrows go through them.
    search.addEventListener("keydown", (event) => {
      const all = [input, ...found.querySelectorAll("button, a.button")], at = all.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && at >= 0 && all[at + step]) { all[at + step].focus(); event.preventDefault(); }
      if (event.key === "Enter" && event.target === input && all[1]) { event.preventDefault(); all[1].click(); }
    });
    return;
  }

  const keys = { y: ["yes"], n: ["no", "none"], u: ["not_sure"] };
  const open = (box) => box.checkVisibility() && !box.querySelector("input:checked");
  // Radios of one question are answered by a letter, and the next question that is open has the focus.
  document.addEventListener("keydown", (event) => {
    const group = event.target.closest?.(".booking-questions fieldset");
    const wanted = !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key.toLowerCase()];
    if (!group || !wanted || !/radio|checkbox/.test(event.target.type)) return;
    const answer = [...group.querySelectorAll("input")].find((one) => wanted.includes(one.value));
    if (!answer) return;
    event.preventDefault();
    event.stopPropagation();
    if (!answer.checked) answer.click();
    requestAnimationFrame(() => {
      const groups = [...document.querySelectorAll(".booking-questions fieldset")];
      const next = groups.slice(groups.indexOf(group) + 1).find(open);
      const to = next ? next.querySelector("input") : document.querySelector(".booking-buttons [name=book], [data-asked] [type=submit]");
      to.focus();
    });
  });

  const form = document.querySelector("[data-booking]");
  if (!form) return;
  const side = document.getElementById("side");
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });

  const keep = later(600, async () => {
    if (leaving) return;
    const answer = await send(form, "keep").catch(() => null);
    // Signed out meanwhile: the page says so and stays as it is. What is typed waits here.
    if (answer && (answer.type === "opaqueredirect" || answer.status === 403)) document.dispatchEvent(new Event("desk:refused"));
    // 409: a colleague changed the same; the fragment says what.
    if (!answer || !(answer.ok || answer.status === 409) || leaving) return;
    const html = await answer.text(), focused = side.contains(document.activeElement);
    if (!focused) { side.innerHTML = html; return; }
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[name=seen]"), seen = form.elements.seen;
    if (fresh && seen) seen.value = fresh.value;
  });
  form.addEventListener("change", keep);
  document.addEventListener("desk:signed-in", keep);
  form.addEventListener("input", (event) => { if (event.target.type === "tel" && event.target.value.replace(/\D/g, "").length >= 10) keep(); });

  // Enter goes on to what is still to be asked; with nothing left it books.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=radio], [type=checkbox])")) return;
    const next = [...form.querySelectorAll(".booking-questions fieldset")].find(open);
    if (!next || !form.querySelector(".booking-held")) return;
    event.preventDefault();
    keep();
    next.querySelector("input").focus();
  });
})();
