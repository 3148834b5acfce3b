// @ts-check
"use strict";
/** A sample colour and the field for one's own say the same. */
document.addEventListener("input", (event) => {
  const field = event.target;
  const form = field instanceof HTMLInputElement ? field.closest("#look form") : null;
  if (!(field instanceof HTMLInputElement) || !(form instanceof HTMLFormElement)) return;
  const colour = form.querySelector("#colour");
  if (!(colour instanceof HTMLInputElement)) return;
  if (field.name === "sample" && field.value !== "own") colour.value = field.value;
  if (field === colour) {
    // What is typed is one's own, unless it is one of the samples.
    for (const sample of form.querySelectorAll("input[name=sample]")) {
      if (sample instanceof HTMLInputElement && (sample.value === "own" || sample.value === colour.value.toLowerCase())) sample.checked = true;
    }
  }
});
