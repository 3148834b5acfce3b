// @ts-check
"use strict";
/** While one chooses a colour, types a name or a line, the preview follows. */
(() => {
  const SENT = ["name", "welcome", "colour"];

  /** @type {number | undefined} */
  let soon;

  document.addEventListener("input", (event) => {
    const field = event.target;
    const form = field instanceof HTMLInputElement ? field.closest("#look form") : null;
    if (!(field instanceof HTMLInputElement) || !(form instanceof HTMLFormElement) || field.type === "file") return;
    const colour = form.querySelector("#colour");
    if (!(colour instanceof HTMLInputElement)) return;
    if (field.name === "sample" && field.value !== "own") colour.value = field.value;
    if (field === colour) {
      // What is typed is one's own, unless it is one of the samples.
      for (const sample of form.querySelectorAll("input[name=sample]")) {
        if (sample instanceof HTMLInputElement && (sample.value === "own" || sample.value === colour.value.toLowerCase())) sample.checked = true;
      }
    }
    clearTimeout(soon);
    soon = window.setTimeout(() => {
      const url = new URL(location.href);
      url.search = "";
      for (const name of SENT) {
        const sent = form.elements.namedItem(name);
        if (sent instanceof HTMLInputElement) url.searchParams.set(name, sent.value);
      }
      // The preview is a page of its own, so that loading it again shows the same.
      history.replaceState(history.state, "", url);
      void /** @type {any} */ (window).anteroom.refresh("preview");
    }, 200);
  });
})();
