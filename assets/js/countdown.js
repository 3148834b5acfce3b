// @ts-check
"use strict";
/** "Sends in 2:41" counts down. The server says the true time; here it only goes on. */
(() => {
  const SHOWN = /\d+:\d\d/;

  /** @type {WeakMap<HTMLElement, number>} when it is over, on the page's own clock */
  const ends = new WeakMap();

  const tick = () => {
    for (const element of document.querySelectorAll("[data-countdown]")) {
      if (!(element instanceof HTMLElement)) continue;
      const now = performance.now() / 1000;
      const end = ends.get(element) ?? now + Number(element.dataset.countdown);
      ends.set(element, end);
      const left = Math.ceil(end - now);
      if (left > 0) {
        const seconds = String(left % 60).padStart(2, "0");
        element.textContent = (element.textContent || "").replace(SHOWN, `${Math.floor(left / 60)}:${seconds}`);
      } else {
        element.textContent = element.dataset.over || "";
        delete element.dataset.countdown;
      }
    }
  };

  tick();
  setInterval(tick, 1000);
})();
