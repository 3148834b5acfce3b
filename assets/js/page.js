// @ts-check
"use strict";
/** Small manners of every page: send once, say what was done, warn before the session ends. */
(() => {
  // An answer to a form is that form to the browser: loading it again, or coming back to it, would
  // ask whether to send it once more. Named anew, it is a page like any other.
  history.replaceState(history.state, "", location.href);

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
    const by = event.submitter;
    // What is only tried changes nothing: whoever likes it may keep it at once.
    if (by instanceof HTMLButtonElement && by.name === "do" && by.value === "preview") return;
    sent.set(form, now);
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

  // The rail is a row that scrolls where there is no room beside the page: where one is, is in view.
  const here = document.querySelector(".rail [aria-current]");
  const rail = here?.closest(".rail");
  if (here && rail) {
    const [a, b] = [here.getBoundingClientRect(), rail.getBoundingClientRect()];
    rail.scrollLeft += (a.left + a.right - b.left - b.right) / 2;
  }

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

  /** Warns a minute before the session ends, and lets it go on when a person says so. */
  const watchSession = () => {
    const warning = document.getElementById("session-end");
    const form = warning?.querySelector("form");
    const path = warning?.dataset.path;
    if (!warning || !form || !path) return;
    /** @type {number | undefined} */
    let timer;
    /** @param {string} when */
    const show = (when) => {
      for (const part of warning.querySelectorAll("[data-when]")) {
        if (part instanceof HTMLElement) part.hidden = part.dataset.when !== when;
      }
      warning.hidden = when === "";
    };
    /** @param {number} seconds @param {() => void} then */
    const wait = (seconds, then) => {
      clearTimeout(timer);
      timer = window.setTimeout(then, Math.min(seconds, 86400) * 1000);
    };
    /** @param {RequestInit} how */
    const ask = async (how) => {
      try {
        const answer = await fetch(path, { credentials: "same-origin", ...how });
        const [end, left] = answer.ok && !answer.redirected ? (await answer.text()).split(" ") : ["over", "0"];
        tell(end || "over", Number(left));
      } catch {
        wait(10, look);
      }
    };
    // Another tab may have been in use meanwhile. Looking is no use of the session.
    const look = () => void ask({ headers: { "x-quiet": "1" } });
    /** @param {string} end @param {number} left seconds until a warning is due */
    const tell = (end, left) => {
      if (end === "over") { show("over"); return; }
      if (left > 0) { show(""); wait(left, look); return; }
      show(end);
      wait(61 + left, look);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const sent = new URLSearchParams();
      for (const [name, value] of new FormData(form)) sent.append(name, String(value));
      void ask({ method: "POST", headers: { "x-swap": "1" }, body: sent });
    });
    wait(Math.max(0, Number(warning.dataset.after)), look);
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
