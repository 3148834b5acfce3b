// The browser of all other tests trusts the clinic because it knows the clinic's authority, and for
// no other reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { everything } from "./house/look.mjs";

test("a browser that does not know the clinic's authority does not open its pages", async () => {
  const clinic = await demo();
  const stranger = await open({ url: clinic.url, ca: null });
  try {
    const { page } = await stranger.window();
    await assert.rejects(page.goto(clinic.url), /ERR_CERT_AUTHORITY_INVALID/);
  } finally {
    await stranger.close();
    await clinic.stop();
  }
});

test("how a device learns to trust the clinic is drawn for each system, and can be read anywhere", async () => {
  const clinic = await demo();
  const browser = await open(clinic);
  try {
    for (const look of [{ width: 390 }, { width: 320, rtl: true }, { width: 1280, dark: true }, { width: 390, forced: true }]) {
      const window = await browser.window(look);
      await window.page.goto(new URL("/trust", clinic.url).href);
      for (const line of await window.page.locator("summary").all()) await line.click();
      for (const steps of await window.page.locator("ol.pictured").all()) {
        const [said, drawn] = [await steps.locator("> li").count(), await steps.locator("> li > svg:visible").count()];
        assert.ok(said >= 4 && drawn === said, `${drawn} of ${said} steps are drawn`);
      }
      // Words stay in their drawing.
      const outside = await window.page.locator("svg.drawing text").evaluateAll((all) => all.filter((words) => {
        const [inner, outer] = [words.getBoundingClientRect(), /** @type {Element} */ (words.closest("svg")).getBoundingClientRect()];
        return inner.left < outer.left || inner.right > outer.right || inner.bottom > outer.bottom;
      }).map((words) => words.textContent));
      assert.deepEqual(outside, []);
      assert.deepEqual(await everything(window.page, "patient"), []);
      await window.watch.clean();
      await window.close();
    }
  } finally {
    await browser.close();
    await clinic.stop();
  }
});
