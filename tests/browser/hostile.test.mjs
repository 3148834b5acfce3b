// What people may type to do harm, or by accident, in every text that is kept: it is shown as text,
// on every page where it appears, and no page breaks.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { LONG } from "./house/grid.mjs";
import { reflow } from "./house/look.mjs";
import { Person } from "./house/person.mjs";

/** What is typed, and what of it a page must show as it was typed. */
const VALUES = {
  markup: "<script>window.harmed=1</script><img src=x onerror=window.harmed=2>\"'></textarea>&amp;{{7*7}}",
  turned: "\u202egnp.exe \u2066\u202d א\u0301\u0300\u0302",
  long: "W".repeat(5000),
  people: "👩🏽‍⚕️👨‍👩‍👧‍👦 Z͑ͫ̓ͪ̂ͫ̽a̠͒l̠g̠o",
  controls: "a\u0000b\u0007c\u001bd\u007fe\ufeff\u200b",
};

/** @type {Awaited<ReturnType<typeof demo>>} */
let clinic;
/** @type {Awaited<ReturnType<typeof open>>} */
let browser;
// A clinic for each: patients can book only so many visits ahead.
beforeEach(async () => {
  clinic = await demo();
  browser = await open(clinic);
});
afterEach(async () => {
  await browser?.close();
  await clinic?.stop();
});

/** @param {string} role @param {number} width */
async function enter(role, width) {
  const window = await browser.window({ width });
  const person = new Person(window, clinic.url);
  window.page.on("dialog", (dialog) => { window.watch.seen.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
  await person.enter(clinic.person(role));
  return { window, person };
}

/**
 * Types a value into every free text of the page's form and sends it. What is refused must say so;
 * then a shorter one is sent, until something is kept.
 * @param {import("playwright-core").Page} page @param {string} value @returns {Promise<boolean>} whether it was kept
 */
async function send(page, value) {
  for (const most of [6000, 300, 80, 30]) {
    const form = page.locator("main form[method=post]", { has: page.locator("input[type=text]:not([inputmode]):visible, textarea:visible") }).last();
    if (await form.count() === 0) return false;
    for (const closed of await form.locator("details:not([open]) > summary").all()) await closed.click();
    for (const field of await form.locator("input[type=text]:not([inputmode]), input:not([type]), textarea").all()) {
      if (!(await field.isVisible())) continue;
      const name = await field.getAttribute("name");
      // Short facts with a form of their own: times, colours, codes.
      if (/time|from|until|windows|colour|language|zone|currency|country|emergency|phone|date|open|mon|tue|wed|thu|fri|sat|sun/.test(name ?? "")) continue;
      await field.fill([...value].slice(0, most).join(""));
    }
    const before = page.url();
    await form.locator("button:not([type=button]):visible").first().click();
    await page.waitForLoadState();
    await page.waitForTimeout(250);
    if (await page.locator(".problems").count() === 0) return true;
    assert.match(await page.title(), /^Error: /, `${before} says what is wrong`);
    assert.deepEqual(await reflow(page), [], `${before} with ${value.slice(0, 20)}`);
  }
  return false;
}

/** @param {import("playwright-core").Page} page */
const first = async (page, /** @type {string} */ selector) => {
  const href = await page.locator(selector).first().getAttribute("href");
  assert.ok(href, selector);
  return href;
};

/**
 * Somebody not known here says who they are. Their mail is read in the outbox of the demonstration.
 * @param {Person} desk @param {string} value
 */
async function introduce(desk, value) {
  const window = await browser.window();
  const person = new Person(window, clinic.url);
  await person.visit("/sign-in");
  await person.type("Your email address", `stranger.${Date.now()}@example.org`);
  await person.tap("button", "Send me a code");
  await person.seesHeading("Look in your email");
  await desk.visit("/staff/outbox");
  await desk.visit(await first(desk.page, "main a[href^='/staff/outbox/']:not([href*='?'])"));
  const link = (await desk.page.locator("main").innerText()).match(/https:\S+(\/s\/[^\s"<]+)/)?.[1];
  assert.ok(link, "the mail has a link");
  await person.visit(link);
  if (await person.page.getByLabel("Full name").count() === 0) await person.page.locator("main form button.btn").first().click();
  await person.page.getByLabel("Full name").waitFor();
  for (const [part, number] of [["Day", "3"], ["Month", "4"], ["Year", "1980"]]) await person.type(part, number);
  const kept = await send(person.page, value);
  const found = await window.watch.found();
  await window.close();
  return { kept, found };
}

/** What always runs: what would run as a script, and what would break the layout. */
const ALWAYS = ["markup", "long"];

for (const [kind, value] of Object.entries(VALUES)) {
  const skip = !LONG && !ALWAYS.includes(kind) && "only in the long mode";
  test(`${kind} is text wherever it is kept`, { timeout: 240_000, skip }, async () => {
    /** @type {string[]} */
    const kept = [];
    /** @type {string[]} */
    const problems = [];

    const mine = await enter("patient", 390);
    const patient = mine.person;
    await patient.tapTime(0);
    await patient.page.waitForURL(/\/holds\//);
    if (await send(patient.page, value)) kept.push("booking");
    const visit = new URL(patient.page.url()).pathname;
    if (visit.startsWith("/visits/")) {
      await patient.visit(`${visit}/cancellation`);
      if (await patient.page.locator("main textarea, main input[type=text]").count() > 0 && kind === "markup" && await send(patient.page, value)) kept.push("cancellation");
    }

    const theirs = await enter("owner", 1280);
    const desk = theirs.person;
    await desk.visit("/staff/patients");
    const charts = await desk.page.locator("main a[href^='/staff/patients/pat_']").evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
    const chart = charts.find((href) => /^\/staff\/patients\/pat_[^/]+$/.test(href));
    assert.ok(chart);
    await desk.visit("/staff/settings/services");
    const service = await first(desk.page, "main a[href^='/staff/settings/services/']:not([href$='/new'])");
    await desk.visit("/staff/settings/hours");
    const hours = await first(desk.page, "main a[href^='/staff/settings/hours/']");
    const practitioner = hours.replace("/hours/", "/practitioners/");
    for (const at of [`${chart}/details`, service, practitioner, "/staff/settings/clinic", "/staff/settings/closures", "/staff/blocks/new", "/staff/account"]) {
      await desk.visit(at);
      if (await send(desk.page, value)) kept.push(at);
    }
    // What the desk writes on a visit and about its answers, and names of people.
    // Some Tuesday that is ahead: everybody works on Tuesdays.
    const ahead = new Date(Date.now() + 14 * 86_400_000);
    ahead.setUTCDate(ahead.getUTCDate() + ((9 - ahead.getUTCDay()) % 7));
    await desk.visit(`/staff/calendar?date=${ahead.toISOString().slice(0, 10)}&with=all&view=day`);
    const [noted, gone] = await desk.page.locator("#week .appt[id^='apt_']:not(.gone, .missed, .done)").evaluateAll((all) => all.map((e) => `/staff/visits/${e.id}`));
    assert.ok(noted && gone, "two visits of that day");
    /** @type {string[]} */
    const missed = [];
    const more = async (/** @type {string} */ what, /** @type {string} */ at, /** @type {Record<string, string>} */ fields = {}) => {
      await desk.visit(at);
      for (const [name, typed] of Object.entries(fields)) await desk.page.locator(`main [name="${name}"]`).last().fill(typed);
      if (await send(desk.page, value)) kept.push(what);
      else missed.push(what);
    };
    await more("note of a visit", `${noted}?do=note`);
    // Somebody else at the same time: the reason for it.
    await desk.visit(`${noted}?do=move`);
    const at = Object.fromEntries(await Promise.all(["date", "time", "with"].map(async (name) => [name, await desk.page.locator(`main [name="${name}"]`).inputValue()])));
    await desk.visit(`/staff/visits/new?${new URLSearchParams({ ...at, patient: chart.split("/").at(-1) ?? "" })}`);
    await desk.page.getByRole("button", { name: "Book", exact: true }).click();
    await desk.page.locator("main [name=overlap]").waitFor();
    (await send(desk.page, value) ? kept : missed).push("reason for an overlap");
    await more("reason of a cancellation", `${gone}?do=cancel`);
    const stranger = await introduce(desk, value);
    problems.push(...stranger.found);
    (stranger.kept ? kept : missed).push("name of a stranger");
    // Whoever asked first is told no; the newest stays in the list.
    await desk.visit("/staff/requests");
    await more("reason of a refusal", await first(desk.page, "main a[href*='/requests/people/'][href$='/refusal']"));
    await more("note of a day", hours, { day: "2031-02-03" });
    await more("name of someone who works here", "/staff/people", { email: `new.${kind}@example.org` });
    await more("welcome line", "/staff/settings/look");
    // An address is none of it: that is said, and what was typed stays, for one to mend.
    await desk.visit("/staff/settings/mail");
    for (const name of ["host", "user", "from"]) await desk.page.locator(`main [name="${name}"]`).fill([...value].slice(0, 300).join(""));
    await desk.page.locator("main button[name=do][value=save]").click();
    await desk.page.locator(".problems a[href='#from']").waitFor();
    assert.notEqual(await desk.page.locator("main [name=from]").inputValue(), "");
    problems.push(...(await reflow(desk.page)).map((p) => `mail server: ${p}`));
    assert.deepEqual(missed, [], "these were not kept, however short");
    console.log(`    ${kind}: kept by ${kept.length}: ${kept.join(" ")}`);
    assert.ok(kept.includes("booking") && kept.length >= 4, `kept only by ${kept.join(" ")}`);

    const day = `/staff/calendar?date=${at.date}&with=all`;
    const visits = visit.startsWith("/visits/") ? [visit, `${visit}/cancellation`, `${visit}/time`] : [];
    for (const width of [320, 1280]) {
      // What is cancelled already has no other time: 409.
      for (const [role, pages] of /** @type {[string, string[]][]} */ ([
        ["patient", ["/", "/visits", "/visits/new", "/me", "/me/looks", ...visits]],
        ["owner", ["/staff", "/staff/calendar", "/staff/patients", `/staff/patients?q=${encodeURIComponent(value.slice(0, 60))}`, chart, `${chart}/details`, `${chart}/merge`, "/staff/requests", noted, gone, day, "/staff/settings/look",
          "/staff/outbox", "/staff/day.print", "/staff/visits/new", "/staff/settings", "/staff/settings/services", service, practitioner, "/staff/settings/hours", hours, "/staff/settings/closures",
          "/staff/settings/clinic", "/staff/settings/poster", "/staff/settings/audit", "/staff/settings/reminders", "/staff/settings/mail", "/staff/people", ...visits.slice(0, 1).map((at) => `/staff${at}`)]],
      ])) {
        const { window, person } = await enter(role, width);
        for (const at of pages) {
          const answer = await person.visit(at);
          if (answer && answer.status() >= 400 && answer.status() !== 409) problems.push(`${at} answers ${answer.status()}`);
          problems.push(...(await reflow(person.page)).map((p) => `${width} ${at}: ${p}`));
          if (await person.page.evaluate(() => "harmed" in window)) problems.push(`${at}: a script ran`);
        }
        problems.push(...(await window.watch.found()));
        await window.close();
      }
    }
    problems.push(...(await mine.window.watch.found()), ...(await theirs.window.watch.found()));
    await mine.window.close();
    await theirs.window.close();
    assert.deepEqual([...new Set(problems)], []);
  });
}
