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

  /** What has the focus, by its card and its words: a look that nobody asked for must not lose it. */
  let here = "";
  let words = "";
  document.addEventListener("focusin", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    here = target?.closest("#board [id]:is(article, li)")?.id || "";
    words = target?.textContent || "";
  });

  document.addEventListener("anteroom:swapped", (event) => {
    if (!(event.target instanceof Element) || event.target.id !== "board") return;
    const stays = next.length === 0 && here && document.activeElement === document.body;
    if (stays) next = [here];
    for (const id of next) {
      const all = [...(document.getElementById(id)?.querySelectorAll("button, a") || [])];
      // Not what has taken its place meanwhile: Enter would do something else than was read.
      const target = (stays && all.find((one) => one.textContent === words)) || all[0];
      if (target instanceof HTMLElement) {
        target.focus();
        break;
      }
    }
    next = [];
  });
})();
