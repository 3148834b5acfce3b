// @ts-check
"use strict";
/**
 * `<ante-combo data-url="…">` around a text field and a hidden field: finds while one types.
 * Follows the WAI-ARIA combobox pattern with list autocomplete; the focus stays in the field.
 */
(() => {
  /** @typedef {{ value: string, label: string, detail?: string, end?: string }} Option */

  /** Letters of scripts whose names are written together: one says enough, as on the server. */
  const TOGETHER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

  class Combo extends HTMLElement {
    /** @type {HTMLInputElement | null} */ #text = null;
    /** @type {HTMLInputElement | null} */ #value = null;
    /** @type {HTMLUListElement | null} */ #list = null;
    /** @type {Option[]} */ #options = [];
    #active = -1;
    #asked = 0;
    /** @type {number | undefined} */ #timer;

    connectedCallback() {
      const text = this.querySelector("input[type=text]");
      const value = this.querySelector("input[type=hidden]");
      if (this.#list || !(text instanceof HTMLInputElement) || !(value instanceof HTMLInputElement)) return;
      const list = document.createElement("ul");
      list.id = `${text.id}-list`;
      list.hidden = true;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", this.dataset.label || "");
      this.append(list);
      text.setAttribute("role", "combobox");
      text.setAttribute("aria-autocomplete", "list");
      text.setAttribute("aria-expanded", "false");
      text.setAttribute("aria-controls", list.id);
      text.setAttribute("autocomplete", "off");
      this.#text = text;
      this.#value = value;
      this.#list = list;
      text.addEventListener("input", () => this.#typed());
      text.addEventListener("keydown", (event) => this.#key(event));
      text.addEventListener("blur", () => setTimeout(() => { if (!this.contains(document.activeElement)) this.#close(); }, 150));
      // Not a click: the field would lose the focus first.
      list.addEventListener("pointerdown", (event) => event.preventDefault());
      list.addEventListener("click", (event) => {
        const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
        if (row instanceof HTMLElement) this.#pick(Number(row.dataset.at));
      });
    }

    #typed() {
      if (this.#value) this.#value.value = "";
      clearTimeout(this.#timer);
      const words = this.#text?.value.trim() || "";
      if (words.length < 2 && !TOGETHER.test(words)) { this.#asked += 1; this.#close(); return; }
      this.#timer = window.setTimeout(() => void this.#ask(words), 150);
    }

    /** @param {string} words */
    async #ask(words) {
      const turn = ++this.#asked;
      const url = new URL(this.dataset.url || "", location.href);
      url.searchParams.set("q", words);
      try {
        const answer = await fetch(url, { credentials: "same-origin", headers: { accept: "application/json" } });
        const found = answer.ok ? await answer.json() : null;
        // An answer to an older question comes too late.
        if (!found || turn !== this.#asked) return;
        this.#options = Array.isArray(found.options) ? found.options : [];
        this.#show(String(found.said || ""));
      } catch {
        document.dispatchEvent(new CustomEvent("anteroom:offline"));
      }
    }

    /** @param {string} said how many there are, in words */
    #show(said) {
      const list = this.#list;
      if (!list || !this.#text) return;
      const rows = this.#options.map((option, at) => {
        const row = document.createElement("li");
        row.id = `${list.id}-${at}`;
        row.dataset.at = String(at);
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        const main = document.createElement("span");
        main.append(isolated(option.label));
        if (option.detail) {
          const detail = document.createElement("small");
          detail.append(" ", isolated(option.detail));
          main.append(detail);
        }
        row.append(main);
        if (option.end) {
          const end = document.createElement("small");
          end.append(isolated(option.end));
          row.append(end);
        }
        return row;
      });
      list.replaceChildren(...rows);
      list.hidden = rows.length === 0;
      this.#text.setAttribute("aria-expanded", String(rows.length > 0));
      this.#move(rows.length > 0 ? 0 : -1);
      /** @type {any} */ (window).anteroom?.say(said);
    }

    /** @param {number} to */
    #move(to) {
      this.#active = to;
      this.#list?.querySelectorAll("[role=option]").forEach((row, at) => {
        row.setAttribute("aria-selected", String(at === to));
        if (at === to) {
          row.scrollIntoView({ block: "nearest" });
          this.#text?.setAttribute("aria-activedescendant", row.id);
        }
      });
      if (to < 0) this.#text?.removeAttribute("aria-activedescendant");
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
      if (event.isComposing) return;
      const open = this.#list && !this.#list.hidden;
      const last = this.#options.length - 1;
      if (event.key === "Escape" && open) {
        event.preventDefault();
        event.stopPropagation();
        this.#close();
      } else if (event.key === "Enter" && open && this.#active >= 0) {
        event.preventDefault();
        this.#pick(this.#active);
      } else if (event.key === "ArrowDown" && !open) {
        this.#typed();
      } else if (event.key === "ArrowDown" && open) {
        event.preventDefault();
        this.#move(this.#active >= last ? 0 : this.#active + 1);
      } else if (event.key === "ArrowUp" && open) {
        event.preventDefault();
        this.#move(this.#active <= 0 ? last : this.#active - 1);
      }
    }

    /** @param {number} at */
    #pick(at) {
      const option = this.#options[at];
      if (!option || !this.#text || !this.#value) return;
      this.#text.value = option.label;
      this.#value.value = option.value;
      this.#close();
      this.#text.focus();
      this.dispatchEvent(new CustomEvent("anteroom:picked", { bubbles: true, detail: option }));
    }

    #close() {
      if (!this.#list) return;
      this.#list.hidden = true;
      this.#text?.setAttribute("aria-expanded", "false");
      this.#move(-1);
    }
  }

  /** What people typed keeps its own writing direction. @param {string} words */
  const isolated = (words) => {
    const bdi = document.createElement("bdi");
    bdi.textContent = words;
    return bdi;
  };

  customElements.define("ante-combo", Combo);
})();
