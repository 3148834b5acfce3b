// Somebody at a phone or a desk: acts by label and role, as they would say it, and every tap counts.
import assert from "node:assert/strict";

/** @typedef {Parameters<import("playwright-core").Page["getByRole"]>[0]} Role */

/** How a time to choose is called. */
export const TIME = /\d(am|pm)\b|midday/;

export class Person {
  /** Activations: clicks, taps and keys that do something. */
  taps = 0;
  /** Characters typed, counted apart. */
  typed = 0;

  /**
   * @param {{ page: import("playwright-core").Page, watch: import("./watch.mjs").Watch, phone: boolean }} window
   * @param {string} url
   */
  constructor({ page, watch, phone }, url) {
    this.page = page;
    this.watch = watch;
    this.phone = phone;
    this.url = url;
  }

  /** Opens a page by its address: following a link in a message, not a tap. @param {string} path */
  async visit(path) {
    return await this.page.goto(new URL(path, this.url).href);
  }

  /** Signs in with a ready link of the demonstration. @param {{ sign_in: string }} someone */
  async enter(someone) {
    await this.page.goto(someone.sign_in);
    await this.page.getByRole("button", { name: "Enter" }).click();
    await this.page.getByRole("heading", { level: 1 }).waitFor();
    await this.page.waitForURL((url) => !url.pathname.startsWith("/demo/"));
    this.taps = 0;
  }

  /** @param {Role} role @param {string | RegExp} name @param {number} nth */
  async tap(role, name, nth = 0) {
    const target = this.page.getByRole(role, { name }).nth(nth);
    await this.#there(target, `${role} ${name}`);
    if (this.phone) await target.tap();
    else await target.click();
    this.taps += 1;
  }

  /** The first of the times on the page. @param {number} nth */
  async tapTime(nth = 0) {
    await this.tap("button", TIME, nth);
  }

  /** @param {string | RegExp} label @param {string} text */
  async type(label, text) {
    const field = this.page.getByRole("main").getByLabel(label).and(this.page.locator("input, textarea, select")).first();
    await this.#there(field, `the field ${label}`);
    await field.fill(text);
    this.typed += text.length;
  }

  /** A key that does something. @param {string} key */
  async press(key) {
    await this.page.keyboard.press(key);
    this.taps += 1;
  }

  /** Goes on with Tab until something is reached, by role and name. @param {Role} role @param {string | RegExp} name */
  async tabTo(role, name) {
    const target = this.page.getByRole(role, { name }).first();
    await this.#there(target, `${role} ${name}`);
    for (let i = 0; i < 150; i += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not reach ${role} ${name}`);
  }

  /** @param {string | RegExp} words */
  async sees(words) {
    await this.#there(this.page.getByText(words).first(), `the words ${words}`);
  }

  /** @param {string | RegExp} name */
  async seesHeading(name) {
    await this.#there(this.page.getByRole("heading", { name }).first(), `the heading ${name}`);
  }

  /** Waits for something; without it, says what is there instead. @param {import("playwright-core").Locator} target @param {string} what */
  async #there(target, what) {
    try {
      await target.waitFor();
    } catch {
      const words = await this.page.locator("body").innerText().catch(() => "");
      throw new Error(`${what} is not on ${this.page.url()}:\n${words.slice(0, 600)}`);
    }
  }

  /** What a list of facts says about something. @param {string} term */
  async fact(term) {
    const row = this.page.locator("dl > div", { has: this.page.locator("dt", { hasText: term }) }).first();
    return ((await row.locator("dd").first().textContent()) ?? "").trim();
  }

  /** @param {number} most @param {string} what */
  within(most, what) {
    assert.ok(this.taps <= most, `${what} took ${this.taps} taps, not ${most}`);
    console.log(`    ${what}: ${this.taps} of ${most} taps, ${this.typed} characters typed`);
  }
}
