// The link of a mail opens one visit, without signing in: say that you come, move it, cancel it and
// take that back, within the taps that the look of Anteroom promises.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./house/browser.mjs";
import { newClinic } from "./house/demo.mjs";
import { everything, reflow } from "./house/look.mjs";
import { mailbox } from "./house/mailbox.mjs";
import { Person } from "./house/person.mjs";
import { setUp } from "./house/set_up.mjs";

/** @type {Awaited<ReturnType<typeof newClinic>>} */
let clinic;
/** @type {Awaited<ReturnType<typeof open>>} */
let browser;
/** @type {Awaited<ReturnType<typeof mailbox>>} */
let mail;
/** @type {Person} */
let owner;
/** @type {Person} */
let patient;
before(async () => {
  clinic = await newClinic();
  browser = await open(clinic);
  mail = await mailbox();
  owner = new Person(await browser.window({ width: 1280 }), clinic.url);
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
  await owner.type("E-mail", ADDRESS);
  const born = [["Day", "3"], ["Month", "4"], ["Year", "1980"]];
  for (const [part, value] of born) await owner.type(part, value);
  await owner.tap("button", "Save the patient");
  await owner.sees("The chart is open.");
  patient = new Person(await browser.window(), clinic.url);
  await patient.visit("/sign-in");
  await patient.type("Your email address", ADDRESS);
  await patient.tap("button", "Send me a code");
  await patient.seesHeading("Look in your email");
  await patient.visit(pathOf(await mail.find(ADDRESS, /(https:\S+\/s\/[^\s"<]+)/)));
  for (const [part, value] of born) await patient.type(part, value);
  await patient.page.locator("main form button.btn").click();
  await patient.page.waitForURL(`${clinic.url}/`);
});
after(async () => {
  await browser?.close();
  await clinic?.stop();
  await mail?.close();
});

/** @param {string} url */
const pathOf = (url) => new URL(url).pathname;

/** Somebody who is not signed in. @param {import("./house/browser.mjs").Look} look @param {(person: Person) => Promise<void>} story */
async function asReader(look, story) {
  const window = await browser.window(look);
  await story(new Person(window, clinic.url));
  await window.watch.clean();
  await window.close();
}

const ADDRESS = "noor@example.org";

/** The links of mails that were followed already. @type {Set<string>} */
const used = new Set();

/** A new visit of a patient, and the link to it of the mail that went out. @returns {Promise<string>} */
async function linkOfNewVisit() {
  const { page } = patient;
  await patient.visit("/visits/new");
  await page.getByRole("main").getByRole("link", { name: /minutes/ }).first().click();
  // Today's times are too near to be moved.
  await patient.tapTime(-1);
  await patient.tap("button", "Book this time");
  await patient.seesHeading("You are booked");
  // It waits a while for an Undo; the desk may send it at once.
  await owner.visit("/staff/outbox?show=held");
  await owner.page.locator("main form[method=post][action*='/staff/outbox/'] button").first().click();
  await owner.sees("It leaves now.");
  const link = pathOf(await mail.next(/(https:\S+\/v\/[^\s"<]+)/, (found) => !used.has(pathOf(found))));
  used.add(link);
  return link;
}

for (const scripts of [true, false]) {
  const mode = scripts ? "with scripts" : "without scripts";

  test(`a visit is confirmed, moved, cancelled and kept by its link, ${mode}`, { timeout: 240_000 }, async () => {
    const link = await linkOfNewVisit();
    /** @type {string[]} */
    const problems = [];
    await asReader({ scripts }, async (person) => {
      const look = async () => {
        problems.push(...(scripts ? await everything(person.page, "patient") : await reflow(person.page)));
      };
      const when = async () => (await person.page.locator("main .hero h2").innerText()).trim();
      await person.visit(link);
      await person.seesHeading("Your visit");
      assert.equal(pathOf(person.page.url()), link, "nobody is asked to sign in");
      await look();
      const booked = await when();

      await person.visit(link);
      person.taps = 1;
      await person.tap("button", "Yes, I will come");
      await person.sees("You told us that you will come.");
      person.within(2, `confirm by link, ${mode}`);

      await person.visit(`${link}/time`);
      await look();
      await person.visit(link);
      person.taps = 1;
      await person.tap("link", "Change time");
      await person.seesHeading("Choose a new time");
      await person.tapTime(1);
      await person.sees(/^Moved to /);
      person.within(3, `move by link, ${mode}`);
      assert.equal(pathOf(person.page.url()), link);
      assert.notEqual(await when(), booked);
      person.taps = 0;
      await person.tap("button", "Undo");
      await person.sees("Done. It is as it was before.");
      person.within(1, `undo by link, ${mode}`);
      assert.equal(await when(), booked);

      await person.visit(`${link}/cancellation`);
      await look();
      await person.visit(link);
      person.taps = 1;
      await person.tap("link", "Cancel visit");
      await person.tap("button", "Cancel the visit");
      await person.seesHeading("Your visit is cancelled");
      person.within(3, `cancel by link, ${mode}`);
      await person.visit(link);
      await look();
      person.taps = 0;
      await person.tap("button", "Undo, I want to keep it");
      await person.seesHeading("Your visit");
      person.within(1, `take the cancellation back by link, ${mode}`);
      await person.visit(link);
      assert.equal(await when(), booked);
      assert.equal(await person.page.getByText("Your visit is cancelled").count(), 0);
    });
    assert.deepEqual(problems, []);
  });
}

test("a link that opens nothing says so and offers a new one, at every door", () => asReader({}, async (person) => {
  /** @type {string[]} */
  const problems = [];
  for (const door of ["v", "i", "s"]) {
    const answer = await person.visit(`/${door}/${"0".repeat(43)}`);
    assert.equal(answer?.status(), 404);
    await person.seesHeading("This link does not work any more");
    await person.page.getByRole("button", { name: "Send me a new link" }).waitFor();
    problems.push(...(await everything(person.page, "patient")));
  }
  assert.deepEqual(problems, []);
}));
