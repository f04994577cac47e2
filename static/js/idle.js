// Before an idle session ends: a line two minutes ahead and a button that goes on. What other tabs did counts too: the server is asked. Nothing is taken off the page.
(() => {
  const box = document.querySelector("[data-idle]");
  if (!box) return;
  const before = 120, again = 20;
  const all = Number(box.dataset.idle);
  let timer, is_over = false;

  const show = (name) => {
    if (box.dataset.said === name) return;
    box.dataset.said = name;
    box.replaceChildren(...(name ? [document.getElementById(name).content.cloneNode(true)] : []));
    box.querySelector("button")?.addEventListener("click", stay);
  };

  const ask = async (method = "GET") => {
    const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value || "" };
    return fetch(box.dataset.url, { method, headers, credentials: "same-origin", redirect: "manual" }).catch(() => null);
  };

  const over = () => {
    if (!is_over) document.dispatchEvent(new Event("desk:signed-out"));
    is_over = true;
    show("idle-over");
  };

  // After another tab has signed in, the tokens of this page are old: its forms get those of a fresh one.
  const back = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => { one.value = token; });
    is_over = false;
    document.dispatchEvent(new Event("desk:signed-in"));
  };

  const look = async (method) => {
    clearTimeout(timer);
    const answer = await ask(method);
    if (answer && answer.type === "opaqueredirect") { over(); timer = setTimeout(look, again * 1000); return; }
    const left = answer && answer.ok ? Number(await answer.text()) : 0;
    if (answer && answer.ok && is_over) await back();
    if (answer && answer.ok && !is_over) show(left <= before ? "idle-soon" : "");
    timer = setTimeout(look, Math.max(again, left - before) * 1000);
  };

  // The button goes: the focus must not fall to the top of the page.
  const stay = async () => {
    await look("POST");
    document.getElementById("main").focus({ preventScroll: true });
  };

  document.addEventListener("desk:refused", () => { over(); clearTimeout(timer); timer = setTimeout(look, again * 1000); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  addEventListener("focus", () => { if (is_over) look(); });
  timer = setTimeout(look, Math.max(1, all - before) * 1000);
})();
