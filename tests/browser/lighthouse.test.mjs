// Lighthouse on a slow phone, for the pages that matter most. Only in the long mode.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { CHROMIUM, QUIET, homeThatTrusts, inHome } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { LONG } from "./house/grid.mjs";
import { Person, TIME } from "./house/person.mjs";

/** In hundredths. Speed is of the binary that is tested: a debug build is slower than what is shipped. */
const LEAST = { accessibility: 100, "best-practices": 100, performance: 98 };
/** Eight pages, four of patients and four of staff; a page is opened as a person would come to it. */
/** @type {[string, (person: Person) => Promise<unknown>][]} */
const PATIENT = [
  ["home", (person) => person.visit("/")],
  ["visits", (person) => person.visit("/visits")],
  ["times", async (person) => {
    await person.visit("/visits/new");
    await person.page.getByRole("main").getByRole("link", { name: /minutes|\w/ }).nth(1).click();
  }],
  ["check and book", async (person) => {
    await person.visit("/");
    await person.page.getByRole("button", { name: TIME }).first().click();
    await person.seesHeading("Check and book");
  }],
];
/** @type {[string, (person: Person) => Promise<unknown>][]} */
const STAFF = ["/staff", "/staff/calendar", "/staff/patients", "/staff/settings"].map((at) => [at, (person) => person.visit(at)]);

/** @returns {Promise<number>} a port that was free a moment ago */
const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
  });
});

test("Lighthouse on eight pages", { skip: !LONG && "only in the long mode", timeout: 1_800_000 }, async () => {
  const { default: lighthouse } = await import("lighthouse");
  const clinic = await demo();
  const home = homeThatTrusts(clinic.ca);
  const problems = [];
  try {
    for (const [role, views, form] of /** @type {const} */ ([["patient", PATIENT, "mobile"], ["owner", STAFF, "desktop"]])) {
      const port = await freePort();
      const profile = mkdtempSync(path.join(tmpdir(), "anteroom-profile-"));
      // Lighthouse opens a tab of its own in this profile, and finds the session there.
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM,
        args: [...QUIET, `--remote-debugging-port=${port}`],
        env: inHome(home),
        extraHTTPHeaders: { "accept-language": "en" },
      });
      const page = context.pages()[0] ?? (await context.newPage());
      const person = new Person({ page, watch: /** @type {any} */ (null), phone: false }, clinic.url);
      await person.enter(clinic.person(role));
      for (const [name, go] of views) {
        await go(person);
        const desktop = form === "desktop";
        const result = await lighthouse(page.url(), {
          port,
          logLevel: "error",
          disableStorageReset: true,
          onlyCategories: Object.keys(LEAST),
          formFactor: form,
          ...(desktop
            ? { screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false }, throttling: { rttMs: 40, throughputKbps: 10_240, cpuSlowdownMultiplier: 1, requestLatencyMs: 0, downloadThroughputKbps: 0, uploadThroughputKbps: 0 } }
            : {}),
        });
        assert.ok(result, `${name} was measured`);
        assert.equal(result.lhr.finalDisplayedUrl, page.url(), "the page itself, not a sign-in page, was measured");
        const { categories, audits } = result.lhr;
        const scores = Object.fromEntries(Object.entries(categories).map(([key, c]) => [key, Math.round((c.score ?? 0) * 100)]));
        console.log(`    ${role} ${name}: ${JSON.stringify(scores)} LCP ${audits["largest-contentful-paint"]?.displayValue} CLS ${audits["cumulative-layout-shift"]?.displayValue} TBT ${audits["total-blocking-time"]?.displayValue}`);
        for (const [key, least] of Object.entries(LEAST)) {
          if ((scores[key] ?? 0) >= least) continue;
          const weak = categories[key]?.auditRefs
            .filter((ref) => ref.weight > 0 && (audits[ref.id]?.score ?? 1) < 1)
            .map((ref) => `${ref.id} (${audits[ref.id]?.displayValue ?? audits[ref.id]?.title})`);
          problems.push(`${role} ${name}: ${key} ${scores[key]} < ${least}: ${weak?.join(", ")}`);
        }
      }
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
    await clinic.stop();
  }
  assert.deepEqual(problems, []);
});
