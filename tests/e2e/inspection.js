// What a person would find wrong on the page as it stands, told from boxes and computed styles.
// tests/e2e/inspection.py calls these; each gives a list of sentences, empty when all is well.
window.inspection = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const words = (text) => text.trim().replace(/\s+/g, " ").slice(0, 60);
  const px = (value) => parseFloat(value) || 0;
  const seen = (element) =>
    element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) && element.getClientRects().length > 0;
  const NO_TEXT = ".skip, svg, script, style, noscript, select, textarea, template";
  const onlyRead = (element) => element.closest(NO_TEXT) || around(element, (each) => getComputedStyle(each).clipPath === "inset(50%)");
  const scrolls = (element) => element.closest(".table-scroll, [role=region][tabindex='0']");

  // The day board is true to time: a short visit shows its first line, and all of them with the focus on it.
  const isFolded = (element, line) => {
    const block = element.closest("a.block")?.getBoundingClientRect();
    return block && line.top > block.top + line.height / 2 && line.bottom > block.bottom + 1;
  };

  // ---- text and boxes: sideways, cut off, sticking out, on top of each other

  const lines = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || onlyRead(element) || !seen(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        if (box.width < 1 || box.height < 1) continue;
        const air = box.height * 0.3; // a line's box is taller than its letters
        if (isFolded(element, box)) continue;
        found.push({ node, element, left: box.left, right: box.right, top: box.top + air, bottom: box.bottom - air });
      }
    }
    return found;
  };

  const isPainted = (element) => {
    const { backgroundColor, borderLeftWidth, borderRightWidth } = getComputedStyle(element);
    return !/rgba\(.*, 0\)/.test(backgroundColor) || (px(borderLeftWidth) > 0 && px(borderRightWidth) > 0);
  };

  const around = (element, test) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) if (test(each)) return each;
    return null;
  };

  const layout = () => {
    const faults = [];
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth) {
      const wide = all("body *").filter((each) => seen(each) && !scrolls(each) && each.getBoundingClientRect().right > innerWidth + 1);
      faults.push(`${page.scrollWidth - innerWidth} px too wide: ${wide.slice(-2).map(short).join(" and ")}`);
    }
    const texts = lines();
    for (const line of texts) {
      const said = `“${words(line.node.data)}”`;
      if (!scrolls(line.element) && (line.left < -1 || line.right > innerWidth + 1)) faults.push(`${said} runs out of the window`);
      const box = around(line.element, isPainted)?.getBoundingClientRect();
      if (box && (line.left < box.left - 1 || line.right > box.right + 1 || line.top < box.top - 1 || line.bottom > box.bottom + 1)) {
        faults.push(`${said} sticks out of its box`);
      }
      const frame = around(line.element, (each) => !["visible", ""].includes(getComputedStyle(each).overflowX));
      if (frame && !scrolls(frame)) {
        const edge = frame.getBoundingClientRect();
        if (line.right > edge.right + 1 || line.bottom > edge.bottom + 1) faults.push(`${said} is cut off`);
      }
    }
    return [...new Set([...faults, ...overlaps(texts), ...narrowSelects(), ...controlsThatTouch()])];
  };

  const overlaps = (texts) => {
    const faults = [];
    texts.sort((one, other) => one.top - other.top);
    texts.forEach((one, at) => {
      for (let next = at + 1; next < texts.length && texts[next].top < one.bottom; next += 1) {
        const other = texts[next];
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - other.top;
        if (one.node !== other.node && wide > 2 && high > 1) {
          faults.push(`“${words(one.node.data)}” lies over “${words(other.node.data)}”`);
        }
      }
    });
    return faults;
  };

  // Text squeezed so much that its words break; addresses of mail and pages and names_like_this may.
  const brokenWords = () => {
    const faults = [];
    for (const node of new Set(lines().map((line) => line.node))) {
      for (const found of node.data.matchAll(/[^\s\u2010-\u2014/-]{2,}/g)) {
        const range = document.createRange();
        range.setStart(node, found.index);
        range.setEnd(node, found.index + found[0].length);
        const tops = new Set([...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top)));
        const isInAddress = /:\/\/\S*$/.test(node.data.slice(0, found.index));
        if (tops.size > 1 && !isInAddress && !/[@_]/.test(found[0])) faults.push(`the word “${found[0]}” breaks in “${words(node.data)}”`);
      }
    }
    return faults;
  };

  // Those that say so end in dots: names that a center wrote may be of any length.
  const narrowSelects = () => all("select").filter(seen).filter((select) => {
    const pen = document.createElement("canvas").getContext("2d");
    const style = getComputedStyle(select);
    if (style.textOverflow === "ellipsis") return false;
    pen.font = style.font;
    const room = select.clientWidth - px(style.paddingLeft) - px(style.paddingRight);
    return pen.measureText(select.selectedOptions[0]?.text || "").width > room + 1;
  }).map((select) => `“${words(select.selectedOptions[0].text)}” does not fit in ${select.clientWidth} px of ${short(select)}`);

  const CONTROLS = "button, .button, .input, .option label, summary, a.day, .filters a";
  const controlsThatTouch = () => {
    const boxes = all(CONTROLS).filter(seen).map((element) => ({ element, box: element.getBoundingClientRect() }));
    const faults = [];
    boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
      if (one.element.contains(other.element) || other.element.contains(one.element)) return;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (wide > 1 && high > 1) faults.push(`${short(one.element)} lies over ${short(other.element)}`);
    }));
    return faults;
  };

  // ---- fingers and tremor: how large each thing to press is

  const isInSentence = (link) => {
    if (!getComputedStyle(link).display.startsWith("inline") || getComputedStyle(link).display === "inline-flex") return false;
    const block = around(link, (each) => getComputedStyle(each).display !== "inline");
    const inLinks = all("a, button", block).map((each) => each.textContent).join("");
    return block.textContent.replace(/\W/g, "").length > inLinks.replace(/\W/g, "").length + 3;
  };

  const target = (element) => {
    const cover = getComputedStyle(element, "::after");
    if (element.matches("[type=radio], [type=checkbox]")) return element.labels[0] || element;
    return cover.position === "absolute" && cover.content !== "none" && getComputedStyle(element).position === "static"
      ? element.offsetParent : element; // the first link of a row covers the row
  };

  const targets = (least, inSentence) => all("a[href], button, input:not([type=hidden]), select, textarea, summary")
    .filter((element) => !element.closest(".skip") && seen(target(element)))
    .flatMap((element) => {
      const limit = isInSentence(element) ? inSentence : least;
      const small = [...target(element).getClientRects()].filter((box) => Math.min(box.width, box.height) < limit - 0.1);
      return small.length ? [`a target of ${small[0].width.toFixed(1)} x ${small[0].height.toFixed(1)}: ${short(element)}`] : [];
    });

  const slotsInARow = () => {
    const tops = all(".slots").filter(seen).slice(0, 1).flatMap((list) => all(".slot", list).map((slot) => slot.getBoundingClientRect().top));
    return tops.length > 2 && !(tops[0] === tops[1] && tops[1] < tops[2]) ? [`not two times in a row: ${tops.slice(0, 3)}`] : [];
  };

  const header = () => {
    const high = document.querySelector("header").getBoundingClientRect().height;
    return high > 112 ? [`the header is ${high} px high`] : [];
  };

  // ---- keys: every stop can be seen and lies on top (the caller has pressed a key, so focus is shown)

  const outlined = (...styles) => styles.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && px(outlineWidth) > 0);

  const stop = (element) => {
    const label = element.matches("[type=radio], [type=checkbox]") ? element.labels[0] : null;
    const styles = [getComputedStyle(element), getComputedStyle(element, "::after")];
    if (label) styles.push(getComputedStyle(label), getComputedStyle(label, "::before"));
    if (element.matches("textarea")) element.scrollIntoView({ block: "nearest" });  // focus shows its first line only
    const box = element.getClientRects()[0];
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const onTop = top && (element.contains(top) || label?.contains(top));
    const cover = top ? short(top) : "the edge of the window";
    return [outlined(...styles) ? "" : "no outline", onTop ? "" : `under ${cover}`].filter(Boolean)
      .map((fault) => `${fault}: ${short(element)}`);
  };

  const isStop = (element) => {
    if (element.disabled || element.tabIndex < 0 || !seen(element)) return false;
    if (element.type !== "radio") return true;
    const group = all(`input[type=radio][name="${CSS.escape(element.name)}"]`).filter((each) => each.form === element.form);
    return element === (group.find((each) => each.checked) || group[0]);
  };

  const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const stops = () => {
    const found = all(STOPS).filter(isStop);
    const faults = found.flatMap((element) => {
      element.focus();
      return document.activeElement === element ? stop(element) : [`takes no focus: ${short(element)}`];
    });
    document.activeElement.blur();
    scrollTo(0, 0);
    return [...faults, ...found.filter((each) => each.tabIndex > 0).map((each) => `out of turn: ${short(each)}`)];
  };

  // ---- without scripts: nothing to press may need one

  const dead = () => [
    ...all("button").filter((each) => seen(each) && (!each.form || each.type !== "submit")),
    ...all("a").filter((each) => !each.getAttribute("href") || /^(#$|javascript:)/.test(each.getAttribute("href"))),
    ...all("a[href^='#']").filter((each) => !document.getElementById(each.getAttribute("href").slice(1))),
  ].map((each) => `does nothing without scripts: ${short(each)}`);

  // ---- errors: each says the same on top and beside its field, and leads there

  const described = (field) => [field, field.closest("fieldset")].filter(Boolean)
    .flatMap((each) => (each.getAttribute("aria-describedby") || "").split(/\s+/)).filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent || `no element ${id}`).join(" ");

  const errors = () => {
    const summary = document.querySelector(".summary");
    if (!summary) return ["no summary of the errors"];
    const faults = document.activeElement === summary ? [] : [`the focus is on ${short(document.activeElement)}`];
    const links = all("a", summary);
    if (!links.length && !words(summary.querySelector(".summary-form")?.textContent || "")) faults.push("an empty summary");
    for (const link of links) {
      const text = words(link.textContent);
      link.click();
      const field = document.activeElement;
      if (!field.matches("input, select, textarea")) faults.push(`“${text}” leads to ${short(field)}`);
      // above the page an error may begin with the name of its question
      else if (!described(field).includes(text.split(": ").pop())) faults.push(`“${text}” is not said at ${short(field)}`);
      else if (!seen(target(field))) faults.push(`“${text}” leads to a field that is closed`);
    }
    return faults;
  };

  // ---- movement

  const motion = () => {
    const faults = document.getAnimations().map((each) => `moves: ${short(each.effect.target)}`);
    const lasting = (text) => text.split(",").some((part) => px(part) > 0.001);
    for (const each of [document.documentElement, ...all("body *")]) {
      const style = getComputedStyle(each);
      if (lasting(style.transitionDuration) || lasting(style.animationDuration)) faults.push(`would move: ${short(each)}`);
      if (style.scrollBehavior === "smooth") faults.push(`scrolls smoothly: ${short(each)}`);
    }
    return faults;
  };

  // ---- forced colors: what a tint says must also be said by a line

  const edges = (element) => {
    const style = getComputedStyle(element);
    return ["Top", "Left"].map((side) => (style[`border${side}Style`] === "none" ? 0 : px(style[`border${side}Width`])));
  };
  const marks = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === "none" ? "none" : style.outlineStyle + style.outlineWidth;
    return [outline, edges(element), style.textDecorationThickness, style.fontWeight > 600 && style.display === "inline"].join(" ");
  };
  const sameAs = (element, others) => others.some((other) => other !== element && marks(other) === marks(element));

  const contrast = () => {
    const faults = [];
    for (const each of all("[aria-current], [aria-pressed=true], [aria-selected=true]").filter(seen)) {
      const others = all(`${each.tagName}.${[...each.classList].join(".")}`.replace(/\.$/, ""), each.closest("ul, nav, table") || document)
        .filter((other) => seen(other) && !other.matches("[aria-current], [aria-pressed=true], [aria-selected=true]"));
      if (sameAs(each, others)) faults.push(`not told apart from its neighbors: ${short(each)}`);
    }
    for (const each of all(".option input:checked").filter((box) => seen(target(box)))) {
      const others = all(".option input:not(:checked)", each.closest(".options, form")).map((box) => box.labels[0]).filter(seen);
      if (sameAs(each.labels[0], others)) faults.push(`looks as if not chosen: ${short(each)}`);
    }
    for (const each of all(".button, .slot, .day, .suggestion, .input, .panel, .status, .ticket, .summary, .tag, .empty").filter(seen)) {
      if (!edges(each).some((width) => width > 0)) faults.push(`has no edge: ${short(each)}`);
    }
    for (const each of all(".field-bad, tr.late > :first-child").filter(seen)) {
      if (edges(each)[1] < 4) faults.push(`its bar is gone: ${short(each)}`);
    }
    for (const left of all(".ticket-left").filter(seen)) {
      const [held, gone] = [left, left.parentElement.querySelector(".ticket-track")].map((each) => getComputedStyle(each));
      if (held.stroke === "none" || (held.stroke === gone.stroke && held.strokeWidth === gone.strokeWidth)) {
        faults.push("the hold ring does not show what is left");
      }
    }
    return faults;
  };

  // ---- paper

  const paper = () => {
    const least = (10 * 96) / 72;
    const faults = all("nav, .button, .button-link, .foot, .skip, .change").filter(seen).map((each) => `printed: ${short(each)}`);
    for (const { element, node } of lines()) {
      const { fontSize, color } = getComputedStyle(element);
      if (px(fontSize) < least - 0.01) faults.push(`${fontSize} on paper: “${words(node.data)}”`);
      if (color !== "rgb(0, 0, 0)") faults.push(`${color} on paper: “${words(node.data)}”`);
    }
    return [...new Set(faults)];
  };

  // The outermost elements that are seen now and were not when this was asked before: another width shows others.
  const known = new WeakSet();
  const fresh = () => {
    const found = all("body *").filter((each) => seen(each) && !known.has(each));
    found.forEach((each) => known.add(each));
    const inFound = new Set(found);
    return found.filter((each) => !inFound.has(each.parentElement));
  };

  return { layout, fresh, brokenWords, targets, slotsInARow, header, stops, stop, dead, errors, motion, contrast, paper, seen };
})();
