// @ts-check
"use strict";
/** A new visit by keyboard: three letters, Enter, Enter. A picked patient brings the rest of the form. */
(() => {
  const anteroom = /** @type {any} */ (window).anteroom;

  document.addEventListener("anteroom:picked", (event) => {
    const form = event.target instanceof Element ? event.target.closest("#new-visit form") : null;
    if (!(form instanceof HTMLFormElement) || !(event instanceof CustomEvent)) return;
    const query = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    query.delete("patient-text");
    query.delete("patient");
    const value = String(event.detail.value);
    if (value.startsWith("new.")) query.set("new", value.slice(4));
    else query.set("patient", value);
    anteroom.go("new-visit", `${form.getAttribute("action")}?${query}`);
  });

  /** Where the next key belongs: charts that may be meant, the contact of someone new, else the button that books. */
  const ready = () => {
    const region = document.getElementById("new-visit");
    const next = region?.querySelector("#known, #patient-text, #phone") || region?.querySelector("form[method=post] .btn");
    if (next instanceof HTMLElement) next.focus();
  };

  document.addEventListener("anteroom:swapped", (event) => {
    if (event.target instanceof Element && event.target.id === "new-visit" && !event.target.querySelector(".problems")) ready();
  });
  if (!document.querySelector(".problems")) ready();
})();
