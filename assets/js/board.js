// @ts-check
"use strict";
/** After a step on the board the focus goes to the next card, so that the day is worked off by keyboard. */
(() => {
  /** @type {string[]} */
  let next = [];

  document.addEventListener("submit", (event) => {
    const card = event.target instanceof Element ? event.target.closest("#board [id]:is(article, li)") : null;
    if (!card) return;
    const list = [...(card.closest("ul")?.querySelectorAll("[id]:is(article, li)") || [])].map((one) => one.id);
    const at = list.indexOf(card.id);
    // Those below, then those above, then the card itself in its new column.
    next = [...list.slice(at + 1), ...list.slice(0, at).reverse(), card.id];
  }, true);

  document.addEventListener("anteroom:swapped", (event) => {
    if (!(event.target instanceof Element) || event.target.id !== "board") return;
    for (const id of next) {
      const target = document.getElementById(id)?.querySelector("button, a");
      if (target instanceof HTMLElement) {
        target.focus();
        break;
      }
    }
    next = [];
  });
})();
