// The front desk: one click moves a visit on, one drag moves it elsewhere, three actions book one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { axe } from "./house/look.mjs";
import { Person } from "./house/person.mjs";

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
async function atTheDesk(look, story) {
  const window = await browser.window({ width: 1280, ...look });
  const person = new Person(window, clinic.url);
  await person.enter(clinic.person("front-desk"));
  await story(person);
  await window.watch.clean();
  await window.close();
}

/** The week after next: nothing there has begun. */
const LATER = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
const WEEK_AFTER = new Date(Date.now() + 21 * 86_400_000).toISOString().slice(0, 10);

/** The week of one practitioner, so that what overlaps is known. @param {Person} person */
async function openWeek(person) {
  await person.visit("/staff/calendar");
  const one = await person.page.locator("a[href*='with=pra_']").first().getAttribute("href");
  await person.visit(`${one}&date=${LATER}`);
  await person.page.locator("#week .day").first().waitFor();
}

/**
 * A visit, and a gap of its day that it fits in, as rows of five minutes.
 * @param {Person} person
 */
async function visitAndGap(person) {
  const found = await person.page.evaluate(() => {
    const number = (/** @type {Element} */ e, /** @type {string} */ letter) =>
      Number([...e.classList].find((c) => c[0] === letter && /^\d+$/.test(c.slice(1)))?.slice(1) ?? 1);
    for (const day of document.querySelectorAll("#week .day")) {
      const taken = [...day.querySelectorAll("ul > li, .block, .closed, .held")].map((e) => [number(e, "r"), number(e, "h")]);
      for (const chip of day.querySelectorAll("li > .appt:not(.gone, .missed, .done)")) {
        const item = chip.closest("li");
        if (!item) continue;
        const [from, span] = [number(item, "r"), number(item, "h")];
        for (let row = 1; row <= 200; row += 3) {
          if (row < from + span && from < row + span) continue;
          // Visits keep up to 15 minutes clear around them, which the page does not show.
          if (taken.every(([r, h]) => r + h + 3 <= row || row + span + 3 <= r)) return { id: chip.id, from, row };
        }
      }
    }
    return null;
  });
  assert.ok(found, "some visit of that week has a gap to go to");
  return found;
}

/** The row at which a visit stands. @param {Person} person @param {string} id */
const rowOf = (person, id) => person.page.locator(`#week #${id}`).evaluate((chip) =>
  Number([...(chip.closest("li")?.classList ?? [])].find((c) => /^r\d+$/.test(c))?.slice(1)));

/** Lifts a visit and carries it to a row, by keyboard. @param {Person} person @param {string} id @param {number} row */
async function carry(person, id, row) {
  const from = await rowOf(person, id);
  await person.page.locator(`#week #${id}`).focus();
  await person.page.keyboard.press("m");
  const key = row > from ? "ArrowDown" : "ArrowUp";
  for (let at = from; at !== row; ) {
    const step = Math.abs(row - at) >= 3 ? 3 : 1;
    await person.page.keyboard.press(step === 3 ? key : `Shift+${key}`);
    at += row > from ? step : -step;
  }
}

for (const scripts of [true, false]) {
  const mode = scripts ? "with scripts" : "without scripts";

  test(`a visit goes on to Arrived, Start and Done, one click each, ${mode}`, () => atTheDesk({ scripts }, async (person) => {
    const lane = (/** @type {string} */ name) => person.page.locator("section.lane", { has: person.page.getByRole("heading", { name }) });
    const ticket = lane("Expected").locator("article", { has: person.page.getByRole("button", { name: /^Arrived/ }) }).first();
    const id = await ticket.getAttribute("id");
    /** @type {[string, RegExp, string][]} */
    const steps = [["Expected", /^Arrived/, "Arrived"], ["Arrived", /^Start/, "With clinician"], ["With clinician", /^Done/, "Done"]];
    for (const [from, button, to] of steps) {
      person.taps = 0;
      await lane(from).locator(`#${id}`).getByRole("button", { name: button }).click();
      person.taps += 1;
      await lane(to).locator(`#${id}`).waitFor();
      person.within(1, `${from} to ${to}, ${mode}`);
    }
    await person.visit("/staff");
    await lane("Done").locator(`#${id}`).waitFor();
  }));

  test(`a new visit for a known patient, ${mode}`, () => atTheDesk({ scripts }, async (person) => {
    const name = await person.page.locator("article h3").first().innerText();
    // A day of its own: the gap before the other run's visit may be too short for one more.
    const day = scripts ? LATER : WEEK_AFTER;
    await person.visit(`/staff/calendar?date=${day}&view=day`);
    // An empty slot of the grid: time and person are filled in.
    const free = await person.page.locator("#week a.free").last().getAttribute("href");
    assert.ok(free, "there is room that day");
    person.taps = 0;
    if (scripts) {
      await person.page.locator("#week a.free").last().click();
      person.taps += 1;
      await person.seesHeading("New visit");
      const box = person.page.getByRole("combobox");
      await box.pressSequentially(name, { delay: 10 });
      person.typed += name.length;
      await person.page.getByRole("option").first().waitFor();
      await person.press("Enter");
      await person.page.getByRole("button", { name: "Book", exact: true }).waitFor();
      await person.press("Enter");
    } else {
      await person.visit(free);
      person.taps += 1;
      await person.type("Patient", name);
      await person.press("Enter");
      await person.page.getByRole("main").getByRole("link", { name: new RegExp(name.split(" ")[0]) }).first().click();
      await person.tap("button", /^Book$/);
    }
    await person.sees(/booked/i);
    person.within(scripts ? 3 : 4, `new visit, ${mode}`);
  }));
}

test("a visit is dragged to another time, and back by Undo", () => atTheDesk({}, async (person) => {
  await openWeek(person);
  const { id, from, row } = await visitAndGap(person);
  const chip = person.page.locator(`#week #${id}`);
  await chip.scrollIntoViewIfNeeded();
  const geometry = await chip.evaluate((e) => {
    const day = /** @type {Element} */ (e.closest(".day"));
    return { chip: e.getBoundingClientRect().toJSON(), top: day.getBoundingClientRect().top, row: day.getBoundingClientRect().height / Number(/** @type {HTMLElement} */ (document.querySelector("#week .cal")).dataset.rows) };
  });
  const x = geometry.chip.x + 12;
  const y = geometry.chip.y + 4;
  person.taps = 0;
  await person.page.mouse.move(x, y);
  await person.page.mouse.down();
  await person.page.mouse.move(x, y + 10, { steps: 3 });
  await person.page.mouse.move(x, y + (row - from) * geometry.row, { steps: 12 });
  await person.page.mouse.up();
  person.taps += 1;
  await person.page.getByRole("button", { name: "Undo" }).waitFor();
  person.within(1, "move by drag");
  assert.equal(await rowOf(person, id), row);
  await person.tap("button", "Undo");
  await person.page.waitForFunction(([at, old]) => document.querySelector(`#week #${at}`)?.closest("li")?.classList.contains(`r${old}`), [id, from]);
  await person.page.reload();
  assert.equal(await rowOf(person, id), from, "the server says so too");
}));

test("a visit is moved by keyboard alone", () => atTheDesk({}, async (person) => {
  await openWeek(person);
  const { id, row } = await visitAndGap(person);
  person.taps = 0;
  await carry(person, id, row);
  await person.press("Enter");
  await person.page.getByRole("button", { name: "Undo" }).waitFor();
  assert.equal(await rowOf(person, id), row);
  assert.equal(await person.page.evaluate(() => document.activeElement?.id), id, "the focus followed");
}));

test("what one desk does, another sees", () => atTheDesk({}, async (person) => {
  const other = await browser.window({ width: 1280 });
  const colleague = new Person(other, clinic.url);
  await colleague.enter(clinic.person("owner"));
  const ticket = person.page.locator("article", { has: person.page.getByRole("button", { name: /^Arrived/ }) }).first();
  const id = await ticket.getAttribute("id");
  await ticket.getByRole("button", { name: /^Arrived/ }).click();
  await colleague.page.locator("section.lane", { has: colleague.page.getByRole("heading", { name: "Arrived" }) }).locator(`#${id}`).waitFor();
  await other.watch.clean();
  await other.close();
}));

test("what one desk moves, the calendar of another shows", () => atTheDesk({}, async (person) => {
  await openWeek(person);
  const other = await browser.window({ width: 1280 });
  const colleague = new Person(other, clinic.url);
  await colleague.enter(clinic.person("owner"));
  await colleague.visit(new URL(person.page.url()).pathname + new URL(person.page.url()).search);
  const { id, row } = await visitAndGap(person);
  await carry(person, id, row);
  await person.press("Enter");
  await person.page.getByRole("button", { name: "Undo" }).waitFor();
  await colleague.page.waitForFunction(([at, to]) => document.querySelector(`#week #${at}`)?.closest("li")?.classList.contains(`r${to}`), [id, row]);
  await other.watch.clean();
  await other.close();
}));

test("a visit that would overlap another asks why, and moves only with a reason", () => atTheDesk({}, async (person) => {
  await openWeek(person);
  const found = await person.page.evaluate(() => {
    for (const day of document.querySelectorAll("#week .day[data-with]")) {
      const [one, other] = day.querySelectorAll("li > .appt:not(.gone, .missed, .done)");
      const at = [...(other?.closest("li")?.classList ?? [])].find((c) => /^r\d+$/.test(c));
      if (one && at) return { id: one.id, row: Number(at.slice(1)) };
    }
    return null;
  });
  assert.ok(found, "two visits on one day");
  const { id } = found;
  const from = await rowOf(person, id);
  const ask = person.page.locator("#overlap-ask");
  await carry(person, id, found.row);
  await person.page.keyboard.press("Enter");
  await ask.waitFor();
  assert.deepEqual(await axe(person.page), []);
  // No reason, no move.
  await ask.locator("form[method=post] button").first().click();
  assert.ok(await ask.isVisible());
  await person.page.keyboard.press("Escape");
  await ask.waitFor({ state: "hidden" });
  assert.equal(await rowOf(person, id), from);
  assert.equal(await person.page.evaluate(() => document.activeElement?.id), id, "the focus is where it was");

  await carry(person, id, found.row);
  await person.page.keyboard.press("Enter");
  await ask.getByRole("textbox").fill("Both at once, by their wish");
  await ask.locator("form[method=post] button").first().click();
  await person.page.getByRole("button", { name: "Undo" }).waitFor();
  assert.notEqual(await rowOf(person, id), from);
  await person.page.reload();
  assert.notEqual(await rowOf(person, id), from, "the server says so too");
}));

test("a visit is lengthened by its lower edge, and short again by Undo", () => atTheDesk({}, async (person) => {
  await openWeek(person);
  const id = await person.page.evaluate(() => {
    const number = (/** @type {Element} */ e, /** @type {string} */ letter) =>
      Number([...e.classList].find((c) => c[0] === letter && /^\d+$/.test(c.slice(1)))?.slice(1) ?? 1);
    for (const day of document.querySelectorAll("#week .day[data-with]")) {
      const taken = [...day.querySelectorAll("ul > li, .block, .closed, .held")].map((e) => [number(e, "r"), number(e, "h")]);
      for (const chip of day.querySelectorAll("li > .appt:not(.gone, .missed, .done)")) {
        const item = chip.closest("li");
        if (!item) continue;
        const end = number(item, "r") + number(item, "h");
        if (taken.every(([r, h]) => r + h <= end || r >= end + 4)) return chip.id;
      }
    }
    return null;
  });
  assert.ok(id, "some visit has room after it");
  const chip = person.page.locator(`#week #${id}`);
  const spanOf = () => chip.evaluate((e) => Number([...(e.closest("li")?.classList ?? [])].find((c) => /^h\d+$/.test(c))?.slice(1)));
  const before = await spanOf();
  await chip.scrollIntoViewIfNeeded();
  const box = await chip.boundingBox();
  const row = await person.page.evaluate(() => {
    const cal = /** @type {HTMLElement} */ (document.querySelector("#week .cal"));
    return /** @type {Element} */ (cal.querySelector(".day")).getBoundingClientRect().height / Number(cal.dataset.rows);
  });
  assert.ok(box);
  person.taps = 0;
  const [x, y] = [box.x + box.width / 2, box.y + box.height - 2];
  await person.page.mouse.move(x, y);
  await person.page.mouse.down();
  await person.page.mouse.move(x, y + 3 * row, { steps: 8 });
  await person.page.mouse.up();
  person.taps += 1;
  await person.page.getByRole("button", { name: "Undo" }).waitFor();
  person.within(1, "lengthen by drag");
  const after = await spanOf();
  assert.ok(after > before, `${after} rows, not ${before}`);
  await person.tap("button", "Undo");
  await person.page.waitForFunction(([at, old]) => document.querySelector(`#week #${at}`)?.closest("li")?.classList.contains(`h${old}`), [id, before]);
}));
