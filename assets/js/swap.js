// @ts-check
"use strict";
/**
 * Links and forms marked `data-swap="id"` fetch their page and replace only the element with that
 * id. Everything works without this file; with it, less of the page moves.
 */
(() => {
  /** The one door from text to elements; the page's policy names it. */
  const passThrough = {
    /** @param {string} text */
    createHTML: (text) => text,
    /** @param {string} url */
    createScriptURL: (url) => {
      if (url !== "/sw.js") throw new TypeError("not our worker");
      return url;
    },
  };
  const types = /** @type {any} */ (window).trustedTypes;
  /** @type {any} */
  const policy = types ? types.createPolicy("fragment", passThrough) : passThrough;

  /** @type {Map<string, { control: AbortController, quiet: boolean }>} */
  const running = new Map();

  /** What is dragged or open there must not move. @param {Element | null} region */
  const inHand = (region) => region?.querySelector(".moving, dialog[open], details.menu[open]") != null;

  /** @param {string} text @returns {Document} */
  const parse = (text) => new DOMParser().parseFromString(policy.createHTML(text), "text/html");

  /** @param {string} text */
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };

  /** Shows a bar after 0.4 s and says so after 4 s. @param {Element} region @returns {() => void} */
  const busy = (region) => {
    /** @type {HTMLElement | null} */
    let bar = null;
    const soon = setTimeout(() => {
      region.setAttribute("aria-busy", "true");
      bar = document.createElement("div");
      bar.className = "progress-bar";
      document.body.append(bar);
    }, 400);
    const later = setTimeout(() => say(document.body.dataset.working || ""), 4000);
    return () => {
      clearTimeout(soon);
      clearTimeout(later);
      region.removeAttribute("aria-busy");
      bar?.remove();
    };
  };

  /** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */

  /** @param {Element | null} element @returns {element is TextField} */
  const isText = (element) =>
    element instanceof HTMLTextAreaElement ||
    (element instanceof HTMLInputElement && !["checkbox", "radio", "file", "hidden", "submit", "button", "color"].includes(element.type));

  /** What was typed but not sent. @param {Element} region @returns {Map<string, string>} */
  const typed = (region) => {
    const kept = new Map();
    for (const field of region.querySelectorAll("input[id], textarea[id]")) {
      if (isText(field) && field.value !== field.defaultValue) kept.set(field.id, field.value);
    }
    return kept;
  };

  /**
   * Puts the new region in the place of the old one. Keeps the focus where it was if the same
   * element is there again.
   * @param {Element} old @param {Element} fresh @param {boolean} keepTyped
   * @returns {boolean} whether the focus found its element again
   */
  const replace = (old, fresh, keepTyped) => {
    const active = document.activeElement;
    const inside = active instanceof HTMLElement && old.contains(active) ? active : null;
    const id = inside?.id || "";
    /** @type {[number | null, number | null]} */
    let selection = [null, null];
    try {
      if (isText(inside)) selection = [inside.selectionStart, inside.selectionEnd];
    } catch { /* some kinds of field have no selection */ }
    const kept = keepTyped ? typed(old) : new Map();
    const scroll = old.scrollTop;
    const open = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
    old.replaceWith(fresh);
    fresh.scrollTop = scroll;
    for (const known of open) document.getElementById(known)?.setAttribute("open", "");
    for (const [key, value] of kept) {
      const field = document.getElementById(key);
      if (isText(field)) field.value = value;
    }
    if (!inside) return true;
    const again = id ? document.getElementById(id) : null;
    if (!again) return false;
    again.focus({ preventScroll: true });
    try {
      if (isText(again) && selection[0] !== null) again.setSelectionRange(selection[0], selection[1]);
    } catch { /* as above */ }
    return true;
  };

  /** Whether the sentences about what is wrong stand outside the region. @param {Document} page @param {Element} region */
  const problemsOutside = (page, region) => [...page.querySelectorAll("#main .problems")].some((list) => !region.contains(list));

  /**
   * @param {string} id the region
   * @param {string} url
   * @param {RequestInit} init
   * @param {{ quiet?: boolean, keepTyped?: boolean, push?: boolean }} how
   *   quiet: nobody asked, so nothing is said and the focus stays
   * @returns {Promise<boolean>} false: a person was busy there, so nothing was shown
   */
  const load = async (id, url, init, how) => {
    const region = document.getElementById(id);
    if (!region) { location.assign(url); return true; }
    const before = running.get(id);
    // What a person asked for is answered: its answer may be the only way back from it.
    if (how.quiet && (before?.quiet === false || inHand(region))) return false;
    before?.control.abort();
    const control = new AbortController();
    const mine = { control, quiet: how.quiet === true };
    running.set(id, mine);
    const calm = how.quiet ? () => {} : busy(region);
    try {
      const answer = await fetch(url, { ...init, signal: control.signal, credentials: "same-origin", headers: { accept: "text/html", ...(how.quiet ? { "x-quiet": "1" } : {}) } });
      const kind = answer.headers.get("content-type") || "";
      const page = kind.startsWith("text/html") ? parse(await answer.text()) : null;
      let fresh = page?.getElementById(id);
      let old = document.getElementById(id);
      // Those that came, or that are over, belong to the whole form.
      if (!how.quiet && page && fresh && old && (problemsOutside(page, fresh) || problemsOutside(document, old))) {
        fresh = page.getElementById("main");
        old = document.getElementById("main");
      }
      // Something was taken up while the page was on its way.
      if (how.quiet && inHand(old)) return false;
      // What a person asked for came in between, and says it better.
      if (how.quiet && !region.isConnected) return true;
      if (!page || !fresh || !old) {
        // Signed out, or a page of another make: show it whole.
        if (!how.quiet) location.assign(init.method === "POST" && !answer.redirected ? location.href : answer.url);
        return true;
      }
      const found = replace(old, document.importNode(fresh, true), how.keepTyped === true);
      if (how.quiet) { announce(id); return true; }
      document.title = page.title;
      const to = new URL(answer.url);
      // A form that was answered with itself has no page of its own to come back to.
      const its = init.method !== "POST" || answer.redirected;
      if (how.push !== false && its && to.href !== location.href) {
        history.pushState({ swap: id }, "", to.href);
      } else if (how.push === false) {
        history.replaceState({ swap: id }, "", to.href);
      }
      for (const shared of ["places", "toasts"]) {
        const shown = document.getElementById(shared);
        const after = page.getElementById(shared);
        if (shown && after && !shown.contains(document.getElementById(old.id)) && (shared !== "toasts" || after.childElementCount > 0)) {
          // The element itself stays: screen readers listen to it.
          shown.replaceChildren(...[...after.children].map((child) => document.importNode(child, true)));
          announce(shared);
        }
      }
      focusAfter(old.id, found && how.keepTyped === true);
      announce(old.id);
      return true;
    } catch (reason) {
      if (reason instanceof DOMException && reason.name === "AbortError") return true;
      if (!how.quiet) say(document.body.dataset.offline || "");
      document.dispatchEvent(new CustomEvent("anteroom:offline"));
      return true;
    } finally {
      calm();
      if (running.get(id) === mine) running.delete(id);
    }
  };

  /** Problems first, then the heading; nothing if the focus is where it was. @param {string} id @param {boolean} kept */
  const focusAfter = (id, kept) => {
    const region = document.getElementById(id);
    const problems = region?.querySelector(".problems");
    const target = problems || (kept ? null : region?.querySelector("h1, h2"));
    if (!(target instanceof HTMLElement)) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus({ preventScroll: false });
  };

  /** @param {string} id */
  const announce = (id) => {
    document.getElementById(id)?.dispatchEvent(new CustomEvent("anteroom:swapped", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[data-swap]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    event.preventDefault();
    void load(link.dataset.swap || "main", link.href, { method: "GET" }, {});
  });

  /** @type {number | undefined} */
  let typing;

  /** As the form would send it. @param {HTMLFormElement} form @param {FormData} data */
  const bodyOf = (form, data) => (form.enctype === "multipart/form-data" ? data : new URLSearchParams(/** @type {any} */ (data)));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
    const by = event.submitter;
    // What would be stands in a place of its own; the form stays as it is.
    const tries = by instanceof HTMLButtonElement && by.name === "do" && by.value === "preview";
    const region = (tries && form.dataset.trial) || form.dataset.swap;
    if (!region) return;
    clearTimeout(typing);
    const url = new URL((by instanceof HTMLButtonElement && by.getAttribute("formaction")) || form.getAttribute("action") || "", location.href);
    if (url.origin !== location.origin) return;
    event.preventDefault();
    const data = new FormData(form);
    if (by instanceof HTMLButtonElement && by.name) data.append(by.name, by.value);
    if (form.method === "get") {
      url.search = new URLSearchParams(/** @type {any} */ (data)).toString();
      void load(region, url.href, { method: "GET" }, { keepTyped: true, push: !form.dataset.typeAhead });
    } else {
      const body = bodyOf(form, data);
      void load(region, url.href, { method: "POST", body }, {});
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-type-ahead]") : null;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(typing);
    typing = window.setTimeout(() => form.requestSubmit(), 250);
  });

  // What would be, while one types it: as the button that shows it does.
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-trial]") : null;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(typing);
    typing = window.setTimeout(() => {
      // Another form stands in its place, with what was kept.
      if (!form.isConnected) return;
      const data = new FormData(form);
      data.set("do", "preview");
      const body = bodyOf(form, data);
      void load(form.dataset.trial || "", form.action, { method: "POST", body }, { quiet: true });
    }, 400);
  });

  addEventListener("popstate", (event) => {
    if (event.state?.swap) void load(event.state.swap, location.href, { method: "GET" }, { push: false });
    else if (!location.hash) location.reload();
  });

  Object.defineProperty(window, "anteroom", {
    value: Object.freeze({
      /** Fetches the page again and replaces one region, unasked; false: not now. @param {string} id */
      refresh: (id) => load(id, location.href, { method: "GET" }, { quiet: true, keepTyped: true }),
      /** Goes to a page, replacing one region. @param {string} id @param {string} url */
      go: (id, url) => load(id, url, { method: "GET" }, {}),
      /** Sends a form's data and replaces one region by the answer. @param {string} id @param {string} url @param {URLSearchParams} body */
      send: (id, url, body) => load(id, url, { method: "POST", body }, {}),
      /** Says something to screen readers. */
      say,
      /** The URL of a worker, which only the policy may make. @param {string} url */
      workerUrl: (url) => policy.createScriptURL(url),
    }),
  });
})();
