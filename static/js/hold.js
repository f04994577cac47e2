// Minutes left of the hold, once a minute; the words come from the page. Announced, once each: 2 minutes left, the end, and a hold that was kept on.
(() => {
  const ticket = document.querySelector("[data-held-until]");
  if (!ticket) return;
  const words = ticket.dataset;
  const find = (name) => ticket.querySelector(`[${name}]`);
  const title = document.title;
  let skew, end, total, timer;

  const announce = (text, className = "ticket-soon") => {
    const status = find("data-status");
    if (status.textContent.trim() === text) return;
    const line = document.createElement("p");
    line.className = className;
    line.textContent = text;
    status.replaceChildren(line);
  };

  const update = () => {
    const left = end - Date.now() - skew;
    const minutes = Math.ceil(left / 60000);
    document.title = minutes > 0 && minutes <= 2 ? `${words.title.replace("{n}", minutes)} ${title}` : title;
    if (left <= 0) {
      ticket.classList.add("ticket-over");
      find("data-minutes").parentElement.remove();
      find("data-held").remove();
      find("data-keep")?.remove();
      announce(words.over);
      return;
    }
    find("data-minutes").textContent = minutes;
    find("data-about").textContent = minutes === 1 ? words.one : words.many.replace("{n}", minutes);
    find("stroke-dasharray").setAttribute("stroke-dasharray", `${Math.max(0, left * total).toFixed(1)} 200`);
    if (minutes <= 2) announce(words.soon);
    timer = setTimeout(update, Math.min(left % 60000 || 60000, 60000) + 50);
  };

  const start = () => {
    skew = Date.parse(words.now) - Date.now(); // the server's clock counts, not the visitor's
    end = Date.parse(words.heldUntil);
    total = parseFloat(find("stroke-dasharray").getAttribute("stroke-dasharray")) / Math.max(1, end - Date.parse(words.now));
    find("data-keep")?.addEventListener("submit", keep);
    clearTimeout(timer);
    update();
  };

  // In place, so that nothing typed on the page is lost. Whatever goes wrong: the form is sent as without a script.
  const keep = async (event) => {
    const form = event.target;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.querySelector("[data-held-until]");
      const status = find("data-status");
      Object.assign(words, fresh.dataset);
      fresh.querySelector("[data-status]").replaceWith(status);
      status.replaceChildren();
      ticket.replaceChildren(...fresh.childNodes);
      ticket.querySelector("button, a").focus();
      setTimeout(() => announce(find("data-held").textContent, "hidden-text"), 200);
      start();
    } catch {
      form.submit();
    }
  };

  start();
})();
