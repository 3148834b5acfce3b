// @ts-check
"use strict";
/** A sample colour and the field for one's own say the same; a logo shows as soon as it is chosen. */
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

document.addEventListener("change", (event) => {
  const field = event.target;
  const form = field instanceof HTMLInputElement && field.type === "file" ? field.closest("#look form") : null;
  const note = form?.querySelector("[data-most]");
  if (!(field instanceof HTMLInputElement) || !(form instanceof HTMLFormElement) || !(note instanceof HTMLElement)) return;
  const file = field.files?.[0];
  note.hidden = !file || file.size <= Number(note.dataset.most);
  if (!note.hidden) field.value = "";
  else if (file) form.requestSubmit(/** @type {HTMLElement | null} */ (form.querySelector("button[value=preview]")));
});
