// @ts-check
"use strict";
/** Small manners of every page: send once, say what was done, warn before the session ends. */
(() => {
  /** @type {WeakMap<HTMLFormElement, number>} */
  const sent = new WeakMap();

  // Capture: a second press within a second must not reach anyone.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    const now = performance.now();
    if (now - (sent.get(form) ?? -1e9) < 1000) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.set(form, now);
    const by = event.submitter;
    if (!(by instanceof HTMLButtonElement)) return;
    // After the form's data is taken, or the button's own value would be missing.
    setTimeout(() => {
      by.disabled = true;
      setTimeout(() => {
        const focused = document.activeElement === document.body;
        by.disabled = false;
        if (focused && by.isConnected) by.focus({ preventScroll: true });
      }, 1000);
    }, 0);
  }, true);

  /** Hides a toast after its time, which stands still under pointer or focus. @param {HTMLElement} toast */
  const startToast = (toast) => {
    if (toast.dataset.started) return;
    toast.dataset.started = "1";
    let left = Math.max(20, Number(toast.dataset.toast)) * 1000;
    let since = performance.now();
    /** @type {number | undefined} */
    let timer;
    const run = () => {
      since = performance.now();
      timer = window.setTimeout(() => toast.remove(), left);
    };
    const pause = () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      left = Math.max(2000, left - (performance.now() - since));
    };
    const resume = () => {
      if (timer === undefined && !toast.matches(":hover") && !toast.contains(document.activeElement)) run();
    };
    toast.addEventListener("pointerenter", pause);
    toast.addEventListener("focusin", pause);
    toast.addEventListener("pointerleave", resume);
    toast.addEventListener("focusout", () => setTimeout(resume, 0));
    const close = toast.querySelector("[data-close]");
    if (close instanceof HTMLElement) {
      close.hidden = false;
      close.addEventListener("click", () => toast.remove());
    }
    run();
  };

  /** @param {ParentNode} root */
  const enliven = (root) => {
    for (const toast of root.querySelectorAll("[data-toast]")) {
      if (toast instanceof HTMLElement) startToast(toast);
    }
    for (const button of root.querySelectorAll("[data-print]")) {
      if (button instanceof HTMLElement) button.hidden = false;
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("[data-print]")) window.print();
    const opener = target.closest("[data-dialog]");
    const dialog = opener instanceof HTMLElement ? document.getElementById(opener.dataset.dialog || "") : null;
    if (dialog instanceof HTMLDialogElement && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.removeAttribute("open");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      menu?.removeAttribute("open");
      menu?.querySelector("summary")?.focus();
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      const find = document.querySelector("[data-find]");
      if (find instanceof HTMLInputElement) {
        event.preventDefault();
        find.focus();
        find.select();
      }
    }
  });

  // The browser is content when the edge of a thing shows; who goes on by key sees all of it.
  document.addEventListener("focusin", (event) => {
    const reached = event.target;
    if (!(reached instanceof HTMLElement) || reached.tagName === "MAIN" || !reached.matches(":focus-visible")) return;
    const box = reached.getBoundingClientRect();
    if (box.height < innerHeight / 2) reached.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  /** Shows the warning in time and keeps the session when asked to. */
  const watchSession = () => {
    const warning = document.getElementById("session-end");
    if (!warning) return;
    const show = () => { warning.hidden = false; };
    let timer = setTimeout(show, Number(warning.dataset.after) * 1000);
    warning.querySelector("button")?.addEventListener("click", async () => {
      try {
        const answer = await fetch(warning.dataset.stay || "/", { credentials: "same-origin" });
        if (!answer.ok || answer.redirected) { location.reload(); return; }
        warning.hidden = true;
        clearTimeout(timer);
        timer = setTimeout(show, Number(warning.dataset.after) * 1000);
      } catch {
        tellOffline();
      }
    });
  };

  const tellOffline = () => {
    const words = document.body.dataset.offline;
    const box = document.getElementById("toasts");
    if (!words || !box || box.querySelector("[data-offline-note]")) return;
    const note = document.createElement("div");
    note.className = "toast";
    note.dataset.offlineNote = "";
    const text = document.createElement("p");
    text.textContent = words;
    note.append(text);
    box.append(note);
  };
  addEventListener("offline", tellOffline);
  document.addEventListener("anteroom:offline", tellOffline);
  addEventListener("online", () => document.querySelector("[data-offline-note]")?.remove());

  document.addEventListener("anteroom:swapped", (event) => {
    if (event.target instanceof Element) enliven(event.target);
  });
  // A page that comes back from the browser's memory may hold a disabled button.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("button:disabled")) {
      if (button instanceof HTMLButtonElement) button.disabled = false;
    }
  });

  // A fade between two pages that is broken off, say because the window changed its size, is no error.
  const calm = (/** @type {any} */ fade) => {
    for (const end of [fade?.ready, fade?.finished]) end?.catch(() => {});
  };
  addEventListener("pageswap", (event) => calm(/** @type {any} */ (event).viewTransition));
  addEventListener("pagereveal", (event) => calm(/** @type {any} */ (event).viewTransition));
  calm(/** @type {any} */ (document).activeViewTransition);

  enliven(document);
  watchSession();
  const problems = document.querySelector(".problems");
  if (problems instanceof HTMLElement) problems.focus();
})();
