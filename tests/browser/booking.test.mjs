// A patient books, moves and cancels: with scripts, without, and by keyboard, within the taps that
// the look of Anteroom promises.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { axe, focus, reflow, targets } from "./house/look.mjs";
import { Person, TIME } from "./house/person.mjs";

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

/** @param {import("./house/browser.mjs").Look} look @param {(person: Person) => Promise<void>} story */
async function asPatient(look, story) {
  const window = await browser.window(look);
  const person = new Person(window, clinic.url);
  await person.enter(clinic.person("patient"));
  await story(person);
  await window.watch.clean();
  await window.close();
}

/** The path of the page without what was just done. @param {Person} person */
const path = (person) => new URL(person.page.url()).pathname;

test("the page that only a chosen time leads to is looked at", () => asPatient({}, async (person) => {
  await person.tapTime(2);
  await person.seesHeading("Check and book");
  const page = person.page;
  assert.deepEqual([...(await axe(page)), ...(await reflow(page)), ...(await targets(page, 44)), ...(await focus(page))], []);
}));

for (const scripts of [true, false]) {
  const mode = scripts ? "with scripts" : "without scripts";

  test(`book again from home, ${mode}`, () => asPatient({ scripts }, async (person) => {
    await person.tapTime();
    await person.seesHeading("Check and book");
    const when = await person.fact("When");
    await person.tap("button", "Book this time");
    await person.seesHeading("You are booked");
    assert.equal(await person.fact("When"), when, "the visit is at the time that was chosen");
    person.within(2, `book again, ${mode}`);
    // The visit is there, not only its page.
    await person.visit("/visits");
    assert.ok(await person.page.getByRole("link", { name: when.replace(/\s+/g, " ") }).count() > 0, `${when} is among the visits`);
  }));

  test(`book for a new reason, move, undo, cancel, ${mode}`, () => asPatient({ scripts }, async (person) => {
    await person.tap("link", "Book something else");
    await person.seesHeading("What do you need?");
    await person.tap("link", /minutes/, 1);
    await person.seesHeading("Choose a time");
    await person.tapTime(3);
    await person.seesHeading("Check and book");
    await person.tap("button", "Book this time");
    await person.seesHeading("You are booked");
    person.within(4, `book for a new reason, ${mode}`);
    const visit = path(person);
    const booked = await person.fact("When");

    // From the visit's link in a message.
    await person.visit(visit);
    person.taps = 0;
    await person.tap("link", "Change time");
    await person.seesHeading("Choose a new time");
    await person.tapTime(1);
    await person.sees(/^Moved to /);
    person.within(3, `move, ${mode}`);
    assert.equal(path(person), visit);
    const moved = await person.fact("When");
    assert.notEqual(moved, booked);

    person.taps = 0;
    await person.tap("button", "Undo");
    await person.sees("Done. It is as it was before.");
    person.within(1, `undo, ${mode}`);
    assert.equal(await person.fact("When"), booked);

    await person.visit(visit);
    person.taps = 0;
    await person.tap("link", "Cancel visit");
    await person.tap("button", "Cancel the visit");
    await person.sees("You cancelled this visit.");
    person.within(2, `cancel, ${mode}`);
    await person.visit(visit);
    await person.sees("Cancelled");
    assert.equal(await person.page.getByRole("link", { name: "Change time" }).count(), 0);
  }));

  test(`a note that is too long comes back with a sentence, ${mode}`, () => asPatient({ scripts }, async (person) => {
    await person.tapTime(1);
    await person.seesHeading("Check and book");
    const long = "x".repeat(501);
    await person.page.getByRole("textbox").first().fill(long);
    await person.tap("button", "Book this time");
    await person.seesHeading("There is a problem");
    assert.equal(await person.page.getByRole("textbox").first().inputValue(), long, "what was typed is kept");
    assert.match(await person.page.title(), /^Error: /);
  }));
}

test("after a form with a problem, neither Back nor loading again asks to send it once more", () => asPatient({}, async (person) => {
  const page = person.page;
  /** @type {string[]} */
  const sent = [];
  page.on("request", (request) => { if (request.method() === "POST") sent.push(new URL(request.url()).pathname); });
  await person.tapTime(1);
  await person.seesHeading("Check and book");
  await page.getByRole("textbox").first().fill("x".repeat(501));
  await person.tap("button", "Book this time");
  await person.seesHeading("There is a problem");
  const before = sent.length;
  await page.reload();
  await person.seesHeading("Check and book");
  assert.equal(sent.length, before, "loading again sends nothing");
  await page.getByRole("textbox").first().fill("x".repeat(501));
  await person.tap("button", "Book this time");
  await person.seesHeading("There is a problem");
  await page.getByRole("textbox").first().fill("At the window, please");
  await person.tap("button", "Book this time");
  await person.seesHeading("You are booked");
  const after = sent.length;
  await page.goBack();
  await person.sees("At the window, please");
  assert.equal(sent.length, after, "going back sends nothing");
  // What was said is said once.
  await page.goForward();
  await person.sees("At the window, please");
  assert.equal(await page.getByRole("heading", { name: "You are booked" }).count(), 0);
  // Room for the tests below: there may be only so many visits ahead.
  await person.tap("link", "Cancel visit");
  await person.tap("button", "Cancel the visit");
  await person.sees("You cancelled this visit.");
}));

test("book by keyboard alone", () => asPatient({ width: 1280 }, async (person) => {
  const noMouse = () => { throw new Error("the mouse is away"); };
  person.page.mouse.click = noMouse;
  await person.tabTo("button", TIME);
  await person.press("Enter");
  await person.seesHeading("Check and book");
  await person.tabTo("button", "Book this time");
  await person.press("Enter");
  await person.seesHeading("You are booked");
  person.within(2, "book again by keyboard");
}));

test("move and cancel by keyboard alone", () => asPatient({ width: 1280 }, async (person) => {
  // Stories before this one may have left as many visits as one can have.
  if (await person.page.getByRole("link", { name: "Book something else" }).count() === 0) {
    await person.visit("/visits");
    await person.tap("link", /Booked|Confirmed/);
    await person.tap("link", "Cancel visit");
    await person.tap("button", "Cancel the visit");
    await person.visit("/");
  }
  person.page.mouse.click = () => { throw new Error("the mouse is away"); };
  // One to move: far enough ahead for that.
  await person.tabTo("link", "Book something else");
  await person.press("Enter");
  await person.seesHeading("What do you need?");
  await person.tabTo("link", /^Check-up/);
  await person.press("Enter");
  await person.seesHeading("Choose a time");
  await person.page.getByRole("button", { name: TIME }).last().focus();
  await person.press("Enter");
  await person.seesHeading("Check and book");
  await person.tabTo("button", "Book this time");
  await person.press("Enter");
  await person.seesHeading("You are booked");
  const booked = await person.fact("When");
  const visit = path(person);

  await person.visit(visit);
  person.taps = 0;
  await person.tabTo("link", "Change time");
  await person.press("Enter");
  await person.seesHeading("Choose a new time");
  await person.tabTo("button", TIME);
  await person.press("Enter");
  await person.sees(/^Moved to /);
  person.within(3, "move by keyboard");
  assert.notEqual(await person.fact("When"), booked);
  person.taps = 0;
  await person.tabTo("button", "Undo");
  await person.press("Enter");
  await person.sees("Done. It is as it was before.");
  person.within(1, "undo by keyboard");
  assert.equal(await person.fact("When"), booked);

  await person.visit(visit);
  person.taps = 0;
  await person.tabTo("link", "Cancel visit");
  await person.press("Enter");
  await person.tabTo("button", "Cancel the visit");
  await person.press("Enter");
  await person.sees("You cancelled this visit.");
  person.within(2, "cancel by keyboard");
}));

test("a visit goes into a calendar", () => asPatient({}, async (person) => {
  await person.visit("/visits");
  await person.tap("link", /Booked|Confirmed/);
  const [file] = await Promise.all([person.page.waitForEvent("download"), person.tap("link", "Add to calendar")]);
  assert.match(file.suggestedFilename(), /\.ics$/);
}));
