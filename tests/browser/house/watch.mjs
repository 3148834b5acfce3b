// What must never happen, in any run: a policy violation, an error in the console, a request to
// another origin, an inline style, handler or script.
import assert from "node:assert/strict";
import { htmlProblems } from "./html.mjs";

/** What only a script that found no problem may say; the browser reports every 4xx page as an error. */
const EXPECTED = /Failed to load resource: the server responded with a status of (401|403|404|409|410|422|429)/;

export class Watch {
  /** @type {string[]} */
  seen = [];
  /** @type {Promise<void>[]} */
  pending = [];
  /** @type {Map<string, number>} */
  #checked = new Map();

  /** @param {import("playwright-core").BrowserContext} context @param {string} origin */
  static async over(context, origin) {
    const watch = new Watch();
    await context.exposeBinding("reportViolation", (_, what) => { watch.seen.push(`policy: ${what}`); });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        /** @type {any} */ (window).reportViolation(`${event.effectiveDirective} ${event.blockedURI} on ${location.pathname}`);
      });
    });
    context.on("console", (message) => {
      if (message.type() !== "error" || EXPECTED.test(message.text())) return;
      watch.seen.push(`console: ${message.text()}`);
    });
    context.on("weberror", (error) => watch.seen.push(`script: ${error.error().message}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && !["data:", "blob:", "about:"].includes(url.protocol)) {
        watch.seen.push(`off-origin request: ${url.origin}`);
      }
    });
    context.on("response", (response) => {
      const request = response.request();
      if (request.resourceType() !== "document" && request.resourceType() !== "fetch") return;
      if (!(response.headers()["content-type"] || "").startsWith("text/html")) return;
      if (response.status() >= 300 && response.status() < 400) return;
      if (response.status() >= 500) watch.seen.push(`status ${response.status()}: ${response.url()}`);
      watch.pending.push(watch.#read(response));
    });
    return watch;
  }

  /** @param {import("playwright-core").Response} response */
  async #read(response) {
    let html;
    // The browser forgets a page's text once it has gone on to the next.
    try { html = await response.text(); } catch { return; }
    const shape = html.replace(/[0-9a-f]{20,}/g, "").length;
    const pathname = new URL(response.url()).pathname;
    if (this.#checked.get(pathname) === shape) return;
    this.#checked.set(pathname, shape);
    for (const problem of await htmlProblems(html)) this.seen.push(`html of ${pathname}: ${problem}`);
  }

  /** How many pages' text was checked. */
  get pages() { return this.#checked.size; }

  /** What was seen so far. */
  async found() {
    await Promise.all(this.pending);
    const seen = [...new Set(this.seen)];
    this.seen = [];
    return seen;
  }

  /** Fails if anything was seen. */
  async clean() {
    assert.deepEqual(await this.found(), []);
  }
}
