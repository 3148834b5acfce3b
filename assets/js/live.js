// @ts-check
"use strict";
/** `<section id="board" data-live="/staff/today/events">`: when the server says so, look again; with
    `data-minutes` once a minute too. */
(() => {
  /** @param {HTMLElement} region */
  const follow = (region) => {
    const id = region.id;
    const url = region.dataset.live;
    if (!id || !url) return;
    const source = new EventSource(url);
    let stale = false;
    /** @type {number | undefined} */
    let soon;
    const look = () => {
      if (document.hidden) { stale = true; return; }
      stale = false;
      // Several changes in a row are one look.
      clearTimeout(soon);
      soon = window.setTimeout(async () => {
        // Nothing moves under the hand that is dragging or the menu that is open: a little later, then.
        if (!(await /** @type {any} */ (window).anteroom.refresh(id))) look();
      }, 300);
    };
    source.addEventListener("message", look);
    // Signed out or locked elsewhere: what stands here is no longer for whoever looks at it.
    source.addEventListener("over", () => { source.close(); location.reload(); });
    // Waiting and lateness are told in minutes, which pass when nothing changes.
    const minutes = "minutes" in region.dataset ? setInterval(look, 60_000) : undefined;
    document.addEventListener("visibilitychange", () => { if (!document.hidden && stale) look(); });
    addEventListener("pagehide", () => { source.close(); clearInterval(minutes); });
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  };

  for (const region of document.querySelectorAll("[data-live]")) {
    if (region instanceof HTMLElement) follow(region);
  }
})();
