// @ts-check
"use strict";
/**
 * Visits move by pointer and by keyboard. Everything ends in the forms that work without this file:
 * the server decides, and answers with the calendar as it then is.
 *
 * Rows are five minutes, named by the classes r1, r2 … and h1, h2 …
 */
(() => {
  const anteroom = /** @type {any} */ (window).anteroom;
  const REGION = "week";

  const grid = () => /** @type {HTMLElement | null} */ (document.querySelector("#week .cal"));
  const days = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#week .day")]);
  /** @param {Element} element @param {string} letter */
  const number = (element, letter) => {
    for (const name of element.classList) {
      if (name[0] === letter && /^\d+$/.test(name.slice(1))) return Number(name.slice(1));
    }
    return 1;
  };
  /** @param {Element} element @param {string} letter @param {number} value */
  const setNumber = (element, letter, value) => {
    element.classList.remove(`${letter}${number(element, letter)}`);
    element.classList.add(`${letter}${value}`);
  };
  const rows = () => Number(grid()?.dataset.rows || 0);
  /** As the language of the page writes it. @param {number} minutes */
  const duration = (minutes) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "minute" }).format(minutes);
  /** @param {number} row */
  const clock = (row) => {
    const minutes = Number(grid()?.dataset.first || 0) * 60 + (row - 1) * 5;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };

  /**
   * @typedef {{ chip: HTMLElement, item: HTMLElement, ghost: HTMLElement, from: { day: number, row: number, span: number },
   *   to: { day: number, row: number, span: number }, longer: boolean }} Moving
   */
  /** @type {Moving | null} */
  let moving = null;
  /** The chip that gets the focus after the next answer. */
  let focusNext = "";
  /** A drag is no click. */
  let dragged = false;

  /** @param {HTMLElement} chip @param {boolean} longer */
  const lift = (chip, longer) => {
    const item = chip.closest("li");
    const day = days().findIndex((one) => one.contains(chip));
    if (!item || day < 0 || !document.getElementById("moving")) return null;
    const from = { day, row: number(item, "r"), span: number(item, "h") };
    const ghost = document.createElement("div");
    ghost.className = `ghost r${from.row} h${from.span}`;
    chip.classList.add("moving");
    moving = { chip, item, ghost, from, to: { ...from }, longer };
    days()[day]?.append(ghost);
    return moving;
  };

  /** Rows that the breaks of a visit keep free. @param {HTMLElement} item */
  const breaks = (item) => [Number(item.dataset.before || 0) / 5, Number(item.dataset.after || 0) / 5];

  /** What a move would overlap, breaks included: others of the same person at the same time. @param {Moving} m */
  const clash = (m) => {
    const day = days()[m.to.day];
    if (!day) return null;
    const [before, after] = breaks(m.item);
    return [.../** @type {NodeListOf<HTMLElement>} */ (day.querySelectorAll("ul > li"))].find((other) => {
      if (other === m.item || other.querySelector(".gone, .missed")) return false;
      // Side by side in one column are several people, whose visits do not overlap.
      if (!day.dataset.with && other.dataset.who !== m.item.dataset.who) return false;
      const row = number(other, "r");
      const [ahead, behind] = breaks(other);
      return row - ahead < m.to.row + m.to.span + after && m.to.row - before < row + number(other, "h") + behind;
    }) || null;
  };

  /** @param {Moving} m @param {{ day?: number, row?: number, span?: number }} to */
  const place = (m, to) => {
    const next = { ...m.to, ...to };
    next.day = Math.max(0, Math.min(days().length - 1, next.day));
    next.span = Math.max(1, Math.min(96, next.span, rows() - next.row + 1));
    next.row = Math.max(1, Math.min(rows() - next.span + 1, next.row));
    if (next.day === m.to.day && next.row === m.to.row && next.span === m.to.span) return;
    m.to = next;
    setNumber(m.ghost, "r", next.row);
    setNumber(m.ghost, "h", next.span);
    const day = days()[next.day];
    if (day && m.ghost.parentElement !== day) day.append(m.ghost);
    const hit = clash(m);
    m.ghost.classList.toggle("clash", hit !== null);
    m.ghost.textContent = m.longer ? duration(next.span * 5) : clock(next.row);
    // Under a pointer the grid stands still, or the rows would run away from it.
    if (!pointer) m.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
    const name = hit?.querySelector("b")?.textContent;
    anteroom.say([day?.parentElement?.getAttribute("aria-label"), clock(next.row), clock(next.row + next.span), name && `! ${name}`].filter(Boolean).join(", "));
  };

  const drop = () => {
    moving?.chip.classList.remove("moving");
    moving?.ghost.remove();
    const left = moving;
    moving = null;
    return left;
  };

  const putBack = () => {
    const left = drop();
    left?.chip.focus();
    anteroom.say(document.getElementById("moving")?.dataset.back || "");
  };

  /** @param {Moving} m @param {string} reason */
  const send = (m, reason) => {
    const form = document.querySelector("#moving form");
    if (!(form instanceof HTMLFormElement)) return;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    if (reason) body.set("overlap", reason);
    else body.delete("overlap");
    body.set("notify", "yes");
    const day = days()[m.to.day];
    if (m.longer) {
      body.set("minutes", String(m.to.span * 5));
    } else {
      body.set("date", day?.dataset.date || "");
      body.set("time", clock(m.to.row));
      if (day?.dataset.with) body.set("with", day.dataset.with);
    }
    focusNext = m.chip.id;
    anteroom.send(REGION, `/staff/visits/${m.chip.id}/${m.longer ? "length" : "time"}`, body);
  };

  const keep = () => {
    const m = drop();
    if (!m) return;
    if (m.to.day === m.from.day && m.to.row === m.from.row && m.to.span === m.from.span) { m.chip.focus(); return; }
    if (!clash(m)) { send(m, ""); return; }
    const ask = document.getElementById("overlap-ask");
    const form = ask?.querySelector("form[method=post]");
    if (!(ask instanceof HTMLDialogElement) || !(form instanceof HTMLFormElement)) { send(m, ""); return; }
    let reason = "";
    const asked = new AbortController();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const field = form.querySelector("#overlap");
      reason = field instanceof HTMLInputElement ? field.value.trim() : "";
      if (reason) ask.close();
      else if (field instanceof HTMLInputElement) field.focus();
    }, { capture: true, signal: asked.signal });
    ask.addEventListener("close", () => {
      asked.abort();
      if (reason) send(m, reason);
      else m.chip.focus();
    }, { once: true });
    ask.showModal();
  };

  /* Keyboard: M lifts, arrows carry, Enter keeps, Escape puts back. */
  document.addEventListener("keydown", (event) => {
    const chip = event.target instanceof Element ? event.target.closest("#week .day li > .appt[id]") : null;
    if (!(chip instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!moving) {
      if (event.key.toLowerCase() !== "m" || !lift(chip, false)) return;
      event.preventDefault();
      anteroom.say(document.getElementById("moving")?.dataset.start || "");
      return;
    }
    const step = event.shiftKey ? 1 : 3;
    const ahead = document.dir === "rtl" ? -1 : 1;
    const { day, row } = moving.to;
    if (event.key === "ArrowUp") place(moving, { row: row - step });
    else if (event.key === "ArrowDown") place(moving, { row: row + step });
    else if (event.key === "ArrowLeft") place(moving, { day: day - ahead });
    else if (event.key === "ArrowRight") place(moving, { day: day + ahead });
    else if (event.key === "Enter") keep();
    else if (event.key === "Escape") putBack();
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusout", (event) => {
    if (moving && event.target === moving.chip && !pointer) drop();
  });

  /* Pointer: drag to move, drag the lower edge to lengthen. */
  /** @type {{ id: number, x: number, y: number, chip: HTMLElement, grip: number, edge: boolean } | null} */
  let pointer = null;
  document.addEventListener("pointerdown", (event) => {
    dragged = false;
    const chip = event.target instanceof Element ? event.target.closest("#week .day li > .appt[id]") : null;
    if (!(chip instanceof HTMLElement) || event.button !== 0 || event.pointerType === "touch") return;
    const box = chip.getBoundingClientRect();
    pointer = { id: event.pointerId, x: event.clientX, y: event.clientY, chip, grip: event.clientY - box.top, edge: box.bottom - event.clientY < 7 };
  });
  document.addEventListener("pointermove", (event) => {
    if (!pointer || event.pointerId !== pointer.id) return;
    if (!moving) {
      if (Math.hypot(event.clientX - pointer.x, event.clientY - pointer.y) < 5) return;
      if (!lift(pointer.chip, pointer.edge)) { pointer = null; return; }
      dragged = true;
    }
    const m = moving;
    if (!m) return;
    const at = days().findIndex((one) => {
      const box = one.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    });
    const day = days()[at < 0 || m.longer ? m.to.day : at];
    if (!day) return;
    const box = day.getBoundingClientRect();
    const high = box.height / rows();
    const snap = event.shiftKey ? 1 : 3;
    const rowAt = (/** @type {number} */ y) => Math.round((y - box.top) / high / snap) * snap;
    if (m.longer) place(m, { span: Math.max(snap, rowAt(event.clientY) - m.to.row + 1) });
    else place(m, { day: days().indexOf(day), row: rowAt(event.clientY - pointer.grip) + 1 });
  });
  document.addEventListener("pointerup", () => {
    pointer = null;
    if (moving && dragged) keep();
  });
  document.addEventListener("pointercancel", () => { pointer = null; drop(); });
  document.addEventListener("dragstart", (event) => {
    if (event.target instanceof Element && event.target.closest("#week .appt")) event.preventDefault();
  });
  // Capture: before the link is followed. An empty time begins where it was clicked.
  document.addEventListener("click", (event) => {
    const free = event.target instanceof HTMLAnchorElement && event.target.matches("#week .free") ? event.target : null;
    if (free && event.isTrusted) {
      const box = free.getBoundingClientRect();
      const into = Math.floor((event.clientY - box.top) / (box.height / number(free, "h")));
      const url = new URL(free.href);
      url.searchParams.set("time", clock(number(free, "r") + into));
      free.href = url.href;
    }
    if (!dragged) return;
    dragged = false;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  /* The grid scrolls in its own box: after an answer it stands where it stood. */
  let scroll = { top: 0, left: 0 };
  document.addEventListener("scroll", (event) => {
    if (event.target === grid()) scroll = { top: grid()?.scrollTop || 0, left: grid()?.scrollLeft || 0 };
  }, true);
  /** @type {string | null} */
  let chosen = new URL(location.href).searchParams.get("visit");
  document.addEventListener("anteroom:swapped", (event) => {
    if (!(event.target instanceof Element) || event.target.id !== REGION) return;
    const cal = grid();
    if (cal) { cal.scrollTop = scroll.top; cal.scrollLeft = scroll.left; }
    const before = chosen;
    chosen = new URL(location.href).searchParams.get("visit");
    const panel = document.querySelector("#panel h2");
    if (event.target.querySelector(".problems")) focusNext = "";
    else if (focusNext) {
      document.getElementById(focusNext)?.focus({ preventScroll: true });
      focusNext = "";
    } else if (chosen && chosen !== before && panel instanceof HTMLElement) {
      panel.tabIndex = -1;
      panel.focus();
    } else if (!chosen && before) {
      document.getElementById(before)?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("keydown", (event) => {
    const close = event.key === "Escape" && !moving && !document.querySelector("dialog[open], details.menu[open]") && document.querySelector("[data-close-panel]");
    if (close instanceof HTMLElement && event.target instanceof Element && event.target.closest("#panel")) close.click();
  });

  /* The day is seen from its first hour. Only where now would be out of sight does the grid move on, no further than it must. */
  const showNow = () => {
    const cal = grid();
    const line = document.querySelector("#week .now-line");
    if (!cal || !line || line.getClientRects().length === 0) return;
    const box = cal.getBoundingClientRect();
    const day = line.parentElement?.getBoundingClientRect();
    const hour = day ? day.height / rows() * 12 : 0;
    const hidden = line.getBoundingClientRect().top + hour - Math.min(box.bottom, window.innerHeight);
    if (hidden > 0) cal.scrollTop += hidden;
  };
  if (location.hash === "") showNow();
})();
