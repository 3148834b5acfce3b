// Every page that each role can reach, looked at: found by following links, checked against the site
// map, so that a page nobody can reach by links is named here or fails.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { open } from "./house/browser.mjs";
import { REPO, demo } from "./house/demo.mjs";
import { LONG, looks } from "./house/grid.mjs";
import { axe, focus, reflow, reflowSpaced, targets } from "./house/look.mjs";
import { Person } from "./house/person.mjs";
import { pages, routeOf } from "./house/routes.mjs";

/** Not pages, or pages that only a form or a message leads to: each with where it is looked at. */
const ELSEWHERE = new Map([
  ["/healthz", "not a page"],
  ["/metrics", "not a page"],
  ["/holds/:hold", "booking.test.mjs"],
  ["/visits/:visit/calendar", "a file"],
  ["/logo", "a file"],
  ["/ca.crt", "a file"],
  ["/ca.pem", "a file"],
  ["/ca.mobileconfig", "a file"],
  ["/staff/visits/find", "answers of the field that finds while one types"],
  ["/staff/patients/find", "answers of the field that finds while one types"],
  ["/stay", "answers of a script"],
  ["/staff/stay", "answers of a script"],
  ["/i/:token", "doors.test.mjs"],
  ["/sign-in/code", "doors.test.mjs"],
  ...["/s/:token", "/s/:token/name", "/v/:token", "/v/:token/time", "/v/:token/cancellation", "/p/:token", "/c/:token", "/me/proof/:goal", "/staff/sign-in/:token", "/staff/sign-in/:token/app", "/staff/account/recovery",
    "/staff/requests/visits/:visit/refusal", "/staff/patients/:patient/merge/:other", "/staff/patients/:patient/parting",
  ].map((at) => /** @type {[string, string]} */ ([at, "behind.test.mjs"])),
  ...["", "/clinic", "/services", "/hours", "/look", "/second-factor", "/recovery-sheet", "/done"].map((at) => /** @type {[string, string]} */ ([`/setup${at}`, "setup.test.mjs"])),
]);

const ROLES = LONG ? ["patient", "owner", "front-desk", "practitioner", "billing", "read-only"] : ["patient", "owner", "front-desk"];
/** How many pages of one route are looked at: visits differ by their state. ANTEROOM_PER_ROUTE says otherwise. */
const PER_ROUTE = Number(process.env.ANTEROOM_PER_ROUTE) || (LONG ? 4 : 2);
const OUT = path.join(REPO, "tests/browser/out");

/** @type {Awaited<ReturnType<typeof demo>>} */
let clinic;
/** @type {Awaited<ReturnType<typeof open>>} */
let browser;
before(async () => {
  mkdirSync(OUT, { recursive: true });
  clinic = await demo();
  browser = await open(clinic);
});
after(async () => {
  await browser?.close();
  await clinic?.stop();
});

const routes = pages();
/** @type {Set<string>} */
const reached = new Set();
/** @type {Map<string, string[]>} */
const found = new Map();

/** Follows links from a role's home. @param {string} role */
async function crawl(role) {
  const window = await browser.window();
  const person = new Person(window, clinic.url);
  const someone = clinic.person(role);
  await person.enter(someone);
  const links = [new URL(person.page.url()).pathname];
  /** @type {Map<string, number>} */
  const count = new Map();
  /** @type {string[]} */
  const taken = [];
  /** @type {string[]} */
  const nowhere = [];
  const queued = new Set(links);
  for (let next = links.shift(); next !== undefined; next = links.shift()) {
    const route = routeOf(routes, next.split("?")[0]);
    if (!route) {
      nowhere.push(`${next} has no page`);
      continue;
    }
    const already = count.get(route.pattern) ?? 0;
    // Blocked time may stand in the week after this one only.
    if (already >= (route.pattern === "/staff/calendar" ? 4 : PER_ROUTE)) continue;
    if (ELSEWHERE.has(route.pattern)) { reached.add(route.pattern); continue; }
    count.set(route.pattern, already + 1);
    const answer = await person.visit(next);
    if (!answer || answer.status() >= 400) {
      nowhere.push(`${next} answers ${answer?.status()}`);
      continue;
    }
    reached.add(route.pattern);
    taken.push(next);
    const hrefs = await person.page.locator("a[href]:not([download])").evaluateAll((all) => all.map((a) => /** @type {HTMLAnchorElement} */ (a).href));
    for (const href of hrefs) {
      const url = new URL(href);
      const to = url.pathname + url.search;
      if (url.origin !== clinic.url || url.pathname.startsWith("/a/") || queued.has(to)) continue;
      queued.add(to);
      links.push(to);
    }
  }
  if (role === "patient") taken.push(new URL(someone.sign_in).pathname, "/nothing-here");
  found.set(role, taken);
  nowhere.push(...(await window.watch.found()));
  await window.close();
  console.log(`    ${role}: ${taken.length} pages`);
  assert.deepEqual(nowhere, []);
}

/** @param {string} role @param {import("./house/grid.mjs").Named} look */
async function lookAt(role, look) {
  const window = await browser.window(look);
  const person = new Person(window, clinic.url);
  if (role !== "anyone") await person.enter(clinic.person(role));
  /** @type {Map<string, string[]>} each problem, and where */
  const problems = new Map();
  for (const where of found.get(role) ?? []) {
    await person.visit(where);
    if (LONG || process.env.ANTEROOM_SHOTS === "1") {
      const name = where.replace(/[?&=]/g, "-").replace(/^\//, "").replace(/\//g, "_") || "home";
      // The middle scrolls by itself on a phone: a taller window shows all of it.
      const tall = await person.page.evaluate(() => Math.max(document.documentElement.scrollHeight, (document.querySelector("main")?.scrollHeight ?? 0) + 140));
      const size = person.page.viewportSize() ?? { width: 390, height: 844 };
      await person.page.setViewportSize({ width: size.width, height: Math.min(Math.max(tall, size.height), 4000) });
      await person.page.screenshot({ path: path.join(OUT, `${role}-${name.slice(0, 70)}-${look.name}.png`) });
      await person.page.setViewportSize(size);
    }
    const here = [...(await axe(person.page)), ...(await reflow(person.page))];
    const patient = role === "patient" || role === "anyone";
    if (patient && look.width !== 1280) here.push(...(await targets(person.page, 44)));
    if (!look.dark && !look.rtl && !look.forced) {
      here.push(...(await reflowSpaced(person.page)));
      if (look.width !== 320) here.push(...(await focus(person.page)));
    }
    for (const problem of here) problems.set(problem, [...(problems.get(problem) ?? []), where]);
  }
  for (const problem of await window.watch.found()) problems.set(problem, []);
  await window.close();
  const said = [...problems].map(([problem, at]) => `${problem} (on ${at.length}: ${at.slice(0, 3).join(" ")})`);
  assert.deepEqual(said, []);
}

found.set("anyone", ["/sign-in", "/staff/sign-in", "/i"].filter((at) => routeOf(routes, at)?.literal === at.split("/").length - 1));

for (const role of ROLES) {
  test(`${role}: every link leads to a page`, { timeout: 300_000 }, () => crawl(role));
}

test("every page of the site map is reached", () => {
  for (const at of found.get("anyone") ?? []) reached.add(at);
  const missing = routes.map((r) => r.pattern).filter((p) => !reached.has(p) && !ELSEWHERE.has(p) && p !== "/demo/:token");
  assert.deepEqual(missing, []);
});

// One window mostly waits for its own page: two keep both cores busy.
describe("looks", { concurrency: LONG ? 2 : 1 }, () => {
  for (const look of looks()) {
    for (const role of [...ROLES, "anyone"]) {
      test(`${role}: ${look.name}`, { timeout: 1_800_000 }, () => lookAt(role, look));
    }
  }
});
