// The browser of all other tests trusts the clinic because it knows the clinic's authority, and for
// no other reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";

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
