// Pages behind a message, a proof or a choice: each is come to as a person would, and looked at.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo, newClinic } from "./house/demo.mjs";
import { everything } from "./house/look.mjs";
import { mailbox } from "./house/mailbox.mjs";
import { Person } from "./house/person.mjs";
import { setUp } from "./house/set_up.mjs";

/** @type {Set<string>} problems of the test that runs */
let problems = new Set();

/** @param {Person} person @param {"patient" | "staff"} whose */
async function look(person, whose) {
  for (const problem of await everything(person.page, whose)) problems.add(problem);
}

/** @param {string} url */
const pathOf = (url) => new URL(url).pathname;

/** What an authenticator app shows now. @param {string} key in base 32 */
function authenticator(key) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.replace(/[^A-Z2-7]/g, "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", secret).update(count).digest();
  return String((digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

/** @param {Awaited<ReturnType<typeof open>>} browser @param {string} url @param {import("./house/browser.mjs").Look} how @param {(person: Person) => Promise<void>} story */
async function somebody(browser, url, how, story) {
  const window = await browser.window(how);
  const person = new Person(window, url);
  await story(person);
  for (const problem of await window.watch.found()) problems.add(problem);
  await window.close();
}

test("what only a choice leads to", { timeout: 240_000 }, async () => {
  problems = new Set();
  const clinic = await demo();
  const browser = await open(clinic);
  try {
    await somebody(browser, clinic.url, {}, async (patient) => {
      await patient.enter(clinic.person("patient"));
      for (const goal of ["email", "phone"]) {
        await patient.visit(`/me/proof/${goal}`);
        assert.equal(pathOf(patient.page.url()), `/me/proof/${goal}`);
        await look(patient, "patient");
      }
      // A service that the clinic says yes to first.
      await patient.visit("/visits/new");
      await patient.tap("link", /New patient/);
      await patient.tapTime(1);
      await patient.page.locator("main form[method=post] .btn[type=submit], main form[method=post] button.btn").first().click();
      await patient.page.waitForURL(/\/visits\/app_|\/visits\/[a-z]+_/);
      await look(patient, "patient");
    });
    await somebody(browser, clinic.url, { width: 1280 }, async (desk) => {
      await desk.enter(clinic.person("owner"));
      await desk.visit("/staff/requests");
      const refusal = await desk.page.locator("a[href^='/staff/requests/visits/'][href$='/refusal']").first().getAttribute("href");
      assert.ok(refusal, "the request waits for an answer");
      await desk.visit(refusal);
      await look(desk, "staff");

      await desk.visit("/staff/patients");
      const chart = await desk.page.locator("main a[href^='/staff/patients/pat_']").first().getAttribute("href");
      await desk.visit(`${chart}/merge?q=an`);
      await look(desk, "staff");
      await desk.page.locator("#candidates a[href*='/merge/'], #found a[href*='/merge/']").first().click();
      await desk.page.waitForURL(/\/merge\/pat_/);
      await look(desk, "staff");
      await desk.page.locator("main form[method=post] button").first().click();
      await desk.sees("The two charts are one now.");
      await look(desk, "staff");
      await desk.visit(`${chart}/parting`);
      await look(desk, "staff");
      await desk.page.locator("main form[method=post] button").first().click();
      await desk.sees("The charts are two again.");
    });
  } finally {
    await browser.close();
    await clinic.stop();
  }
  assert.deepEqual([...problems], []);
});

test("what only a message leads to", { timeout: 240_000 }, async () => {
  problems = new Set();
  const clinic = await newClinic();
  const browser = await open(clinic);
  const mail = await mailbox();
  const address = "noor@example.org";
  try {
    const theirs = await browser.window({ width: 1280 });
    const owner = new Person(theirs, clinic.url);
    await setUp(owner, clinic.code);
    await owner.visit("/staff/settings/mail");
    await owner.type("Mail server", "127.0.0.1");
    await owner.type("Port", String(mail.port));
    await owner.page.locator("label", { hasText: "for a server on this machine" }).click();
    await owner.type("Sender", "desk@clinic.example");
    await owner.tap("button", "Save");
    await owner.sees("Saved.");
    await owner.visit("/staff/patients/new");
    await owner.type("Given names", "Noor");
    await owner.type("Family name", "van Dijk");
    await owner.type("E-mail", address);
    for (const [part, value] of [["Day", "3"], ["Month", "4"], ["Year", "1980"]]) await owner.type(part, value);
    await owner.tap("button", "Save the patient");
    await owner.sees("The chart is open.");

    // Somebody who starts to work here: a password, an app, and the next day its code.
    const link = /https:\S+/.exec(clinic.tell(["user", "add", "--name", "Sam Hill", "--email", "sam@clinic.example", "--role", "front-desk"]));
    assert.ok(link, "the command line gives a link");
    const password = "seven slow boats at noon";
    /** @type {string} */
    let recovery = "";
    await somebody(browser, clinic.url, {}, async (sam) => {
      await sam.visit(pathOf(link[0]));
      await look(sam, "patient");
      await sam.page.locator("input[name=password]").fill(password);
      await sam.page.locator("main form button.btn").click();
      await sam.page.waitForURL(/\/app$/);
      await look(sam, "patient");
      const key = await sam.page.locator("main p code").first().innerText();
      await sam.page.locator("input[name=code]").fill(authenticator(key));
      await sam.page.locator("main form button.btn").click();
      await sam.page.locator(".codes li, ol li code, ul li code").first().waitFor();
      await look(sam, "patient");
      recovery = (await sam.page.locator(".codes li, ol li code, ul li code").first().innerText()).trim();
    });
    await somebody(browser, clinic.url, {}, async (sam) => {
      await sam.visit("/staff/sign-in");
      await sam.page.locator("input[name=email]").fill("sam@clinic.example");
      await sam.page.locator("input[name=password]").fill(password);
      await sam.page.locator("main form button.btn").click();
      await sam.page.waitForURL(/\/staff\/sign-in\/.+/);
      await look(sam, "patient");
      await sam.page.locator("input[name=code]").fill(recovery);
      await sam.page.locator("main form button.btn").click();
      await sam.page.waitForURL(/\/staff$/);
      await sam.visit("/staff/account/recovery");
      assert.equal(pathOf(sam.page.url()), "/staff/account/recovery", "who has an app may ask for new codes");
      await look(sam, "staff");
    });

    // A patient who is known, and somebody who is not.
    await somebody(browser, clinic.url, {}, async (stranger) => {
      await stranger.visit("/sign-in");
      await stranger.type("Your email address", "nobody@example.org");
      await stranger.tap("button", "Send me a code");
      await stranger.seesHeading("Look in your email");
      await stranger.visit(pathOf(await mail.find("nobody@example.org", /(https:\S+\/s\/[^\s"<]+)/)));
      assert.match(stranger.page.url(), /\/name$/);
      await look(stranger, "patient");
    });
    await somebody(browser, clinic.url, {}, async (patient) => {
      await patient.visit("/sign-in");
      await patient.type("Your email address", address);
      await patient.tap("button", "Send me a code");
      await patient.seesHeading("Look in your email");
      await patient.visit(pathOf(await mail.find(address, /(https:\S+\/s\/[^\s"<]+)/)));
      await look(patient, "patient");
      for (const [part, value] of [["Day", "3"], ["Month", "4"], ["Year", "1980"]]) await patient.type(part, value);
      await patient.page.locator("main form button.btn").click();
      await patient.page.waitForURL(`${clinic.url}/`);
      await look(patient, "patient");

      await patient.visit("/visits/new");
      await patient.page.getByRole("main").getByRole("link", { name: /minutes/ }).first().click();
      await patient.page.waitForURL(/\/visits\/new\/./);
      // A week on: what is soon may be too late to move.
      const later = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
      await patient.visit(`${pathOf(patient.page.url())}?from=${later}`);
      await patient.tapTime(0);
      await patient.tap("button", "Book this time");
      await patient.seesHeading("You are booked");
      // It waits a while for an Undo; the desk may send it at once.
      await owner.visit("/staff/outbox?show=held");
      await owner.page.locator("main form[method=post][action*='/staff/outbox/'] button").first().click();
      await owner.sees("It leaves now.");
      const visit = pathOf(await mail.find(address, /(https:\S+\/v\/[^\s"<]+)/));
      await somebody(browser, clinic.url, {}, async (reader) => {
        for (const part of ["", "/time", "/cancellation"]) {
          const answer = await reader.visit(`${visit}${part}`);
          assert.equal(answer?.status(), 200);
          assert.equal(pathOf(reader.page.url()), `${visit}${part}`);
          await look(reader, "patient");
        }
      });

      await patient.visit("/me/email");
      await patient.page.locator("main input[type=email]").fill("noor.new@example.org");
      await patient.page.locator("main form button.btn").first().click();
      await patient.page.waitForURL(/\/me$/);
      await look(patient, "patient");
      const change = pathOf(await mail.find("noor.new@example.org", /(https:\S+\/c\/[^\s"<]+)/));
      await patient.visit(change);
      await look(patient, "patient");
      await patient.page.locator("main form button.btn").first().click();
      await patient.page.waitForLoadState();
      await look(patient, "patient");
    });
    for (const problem of await theirs.watch.found()) problems.add(problem);
  } finally {
    await browser.close();
    await clinic.stop();
    await mail.close();
  }
  assert.deepEqual([...problems], []);
});
