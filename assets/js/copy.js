// @ts-check
"use strict";
/** Buttons marked `data-copy="id"` copy what stands in the field with that id. */
(() => {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLButtonElement) || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.copy || "");
      if (!(field instanceof HTMLTextAreaElement)) return;
      field.select();
      void navigator.clipboard.writeText(field.value).then(() => {
        const live = document.getElementById("live");
        if (live) live.textContent = button.textContent;
      });
    });
  }
})();
