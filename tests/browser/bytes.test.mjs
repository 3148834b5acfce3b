// What a first view costs on the wire, compressed as it is sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { Person } from "./house/person.mjs";

/** Bytes of each kind on a first view, and of all together. */
const PATIENT = { document: 8_000, stylesheet: 10_000, script: 5_000, font: 21_000, total: 65_000 };
const STAFF = { document: 20_000, stylesheet: 13_000, script: 10_000, font: 33_500, total: 100_000 };
/** Staff need the letters of more languages: their patients' names. */
const MOST_REQUESTS = 8;

/** @type {Awaited<ReturnType<typeof demo>>} */
let clinic;
/** @type {Awaited<ReturnType<typeof open>>} */
let browser;
before(async () => {
  clinic = await demo();
  browser = await open(clinic);
});
after(async () => {
  await browser?.close();
  await clinic?.stop();
});

/** @param {string} role @param {string} at */
async function firstView(role, at) {
  const window = await browser.window({ width: role === "patient" ? 390 : 1280 });
  await new Person(window, clinic.url).enter(clinic.person(role));
  const cookies = await window.context.cookies();
  await window.close();
  // A new window has the cookie and an empty cache.
  const fresh = await browser.window({ width: role === "patient" ? 390 : 1280 });
  await fresh.context.addCookies(cookies);
  /** @type {import("playwright-core").Request[]} */
  const requests = [];
  fresh.page.on("requestfinished", (request) => requests.push(request));
  await fresh.page.goto(new URL(at, clinic.url).href, { waitUntil: "load" });
  await fresh.page.evaluate(() => document.fonts.ready);
  await fresh.page.waitForTimeout(300);
  /** @type {Record<string, number>} */
  const bytes = { total: 0 };
  for (const request of requests) {
    const { responseBodySize } = await request.sizes();
    bytes[request.resourceType()] = (bytes[request.resourceType()] ?? 0) + responseBodySize;
    bytes.total += responseBodySize;
  }
  await fresh.close();
  return { bytes, requests: requests.map((r) => r.url()) };
}

/** @type {[string, string, Record<string, number>][]} */
const VIEWS = [
  ["patient", "/", PATIENT],
  ["patient", "/visits/new", PATIENT],
  ["patient", "/visits", PATIENT],
  ["front-desk", "/staff", STAFF],
  ["front-desk", "/staff/patients", STAFF],
];
for (const [role, at, budget] of VIEWS) {
  test(`${role} first view of ${at}`, async () => {
    const { bytes, requests } = await firstView(role, at);
    console.log(`    ${at}: ${bytes.total} bytes in ${requests.length} requests`, JSON.stringify(bytes));
    assert.ok(bytes.total > 10_000, "the fonts and sheets were counted");
    for (const [kind, most] of Object.entries(budget)) {
      assert.ok((bytes[kind] ?? 0) <= most, `${kind}: ${bytes[kind]} bytes, ${most} allowed`);
    }
    assert.ok(requests.length <= MOST_REQUESTS, `${requests.length} requests: ${requests.join(" ")}`);
  });
}
