// Minutes left of the hold, once a minute; the words come from the page. Two things are announced, once each: 2 minutes left, and the end.
(() => {
  const ticket = document.querySelector("[data-held-until]");
  if (!ticket) return;
  const words = ticket.dataset;
  const skew = Date.parse(words.now) - Date.now(); // the server's clock counts, not the visitor's
  const end = Date.parse(words.heldUntil);
  const find = (name) => ticket.querySelector(`[${name}]`);
  const title = document.title;
  const total = parseFloat(find("stroke-dasharray").getAttribute("stroke-dasharray")) / Math.max(1, end - Date.parse(words.now));

  const announce = (text) => {
    const status = find("data-status");
    if (status.textContent.trim() === text) return;
    const line = document.createElement("p");
    line.className = "ticket-soon";
    line.textContent = text;
    status.replaceChildren(line);
  };

  const update = () => {
    const left = end - Date.now() - skew;
    const minutes = Math.ceil(left / 60000);
    if (left <= 0) {
      document.title = title;
      ticket.classList.add("ticket-over");
      find("data-minutes").parentElement.remove();
      find("data-held").remove();
      announce(words.over);
      return;
    }
    find("data-minutes").textContent = minutes;
    find("data-about").textContent = minutes === 1 ? words.one : words.many.replace("{n}", minutes);
    find("stroke-dasharray").setAttribute("stroke-dasharray", `${Math.max(0, left * total).toFixed(1)} 200`);
    if (minutes <= 2) {
      announce(words.soon);
      document.title = `${words.title.replace("{n}", minutes)} ${title}`;
    }
    setTimeout(update, Math.min(left % 60000 || 60000, 60000) + 50);
  };
  update();
})();
