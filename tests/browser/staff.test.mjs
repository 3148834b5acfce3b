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

/** @param {import("./house/browser.mjs").Look} look @param {(person: Person) => Promise<void>} story @param {string} [role] */
async function atTheDesk(look, story, role = "front-desk") {
  const window = await browser.window({ width: 1280, ...look });
  const person = new Person(window, clinic.url);
  await person.enter(clinic.person(role));
  await story(person);
  await window.watch.clean();
  await window.close();
}

/** The first Tuesday after so many days: everybody works on Tuesdays. @param {number} days */
function tuesday(days) {
  const date = new Date(Date.now() + days * 86_400_000);
  date.setUTCDate(date.getUTCDate() + ((9 - date.getUTCDay()) % 7));
  return date.toISOString().slice(0, 10);
}
/** The week after next: nothing there has begun. */
const LATER = tuesday(14);
const WEEK_AFTER = tuesday(21);

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
    const rows = Number(/** @type {HTMLElement} */ (document.querySelector("#week .cal")).dataset.rows);
    for (const day of document.querySelectorAll("#week .day")) {
      const taken = [...day.querySelectorAll("ul > li, .closed")].map((e) => [number(e, "r"), number(e, "h")]);
      for (const chip of day.querySelectorAll("li > .appt[id]:not(.gone, .missed, .done)")) {
        const item = chip.closest("li");
        if (!item) continue;
        const [from, span] = [number(item, "r"), number(item, "h")];
        for (let row = 1; row + span <= rows + 1; row += 3) {
          if (row < from + span && from < row + span) continue;
          // Visits keep up to 15 minutes clear around them.
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
    const free = await roomy(person.page);
    person.taps = 0;
    if (scripts) {
      await person.page.locator(`#week a.free[href="${free}"]`).click();
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

test("a new visit by keyboard alone, from the calendar on", () => atTheDesk({}, async (person) => {
  person.page.mouse.click = () => { throw new Error("the mouse is away"); };
  const name = (await person.page.locator("article h3").first().innerText()).trim();
  await person.visit(`/staff/calendar?date=${LATER}&view=day`);
  person.taps = 0;
  await person.tabTo("link", "New visit");
  await person.press("Enter");
  await person.seesHeading("New visit");
  await person.tabTo("combobox", "Patient");
  await person.page.keyboard.type(name, { delay: 10 });
  await person.page.getByRole("option").first().waitFor();
  await person.press("Enter");
  await person.page.getByRole("button", { name: "Book", exact: true }).waitFor();
  await person.tabTo("button", /^Book$/);
  await person.press("Enter");
  await person.sees(/^Booked /);
  person.within(3, "new visit by keyboard");
}));

test("a visit is moved by its form, without scripts", () => atTheDesk({ scripts: false }, async (person) => {
  await openWeek(person);
  const { id, from, row } = await visitAndGap(person);
  const first = Number(await person.page.locator("#week .cal").getAttribute("data-first"));
  const clock = (/** @type {number} */ at) => {
    const minutes = first * 60 + (at - 1) * 5;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };
  await person.page.locator(`#week #${id}`).click();
  await person.tap("link", "Move");
  await person.type("Time", clock(row));
  await person.tap("button", "Move it");
  await person.sees(/^Moved .* to /);
  assert.equal(await rowOf(person, id), row, "the calendar shows it there");
  await person.tap("button", "Undo");
  await person.sees(/as it was before/);
  assert.equal(await rowOf(person, id), from);
  // Without a time that can be read nothing moves, and what was typed stays.
  await person.page.locator(`#week #${id}`).click();
  await person.tap("link", "Move");
  await person.type("Date", "");
  await person.tap("button", "Move it");
  await person.seesHeading("There is a problem");
  assert.equal(await rowOf(person, id), from);
}));

/** The link of the last slot of the day that is shown with half an hour of room, and breaks around it. @param {import("playwright-core").Page} page */
async function roomy(page) {
  const found = await page.evaluate(() => {
    const number = (/** @type {Element} */ e, /** @type {string} */ letter) =>
      Number([...e.classList].find((c) => c[0] === letter && /^\d+$/.test(c.slice(1)))?.slice(1) ?? 1);
    const slots = [...document.querySelectorAll("#week .day")].flatMap((day) => {
      const taken = [...day.querySelectorAll("ul > li, .closed")].map((e) => [number(e, "r"), number(e, "h")]);
      return [...day.querySelectorAll("a.free")].filter((slot) => {
        const row = number(slot, "r");
        return taken.every(([r, h]) => r + h + 3 <= row || row + 6 + 3 <= r);
      });
    });
    return slots.at(-1)?.getAttribute("href") ?? "";
  });
  assert.ok(found, "there is room that day");
  return found;
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

test("in a quiet minute the board looks again by itself, and what is open stays open", () => atTheDesk({}, async (person) => {
  await person.page.clock.install();
  await person.visit("/staff");
  await person.page.evaluate(() => document.querySelectorAll("#board details.more").forEach((more) => more.setAttribute("open", "")));
  const asked = person.page.waitForRequest((request) => new URL(request.url()).pathname === "/staff" && request.headers()["x-quiet"] === "1");
  const shown = person.page.evaluate(() => new Promise((resolve) => document.addEventListener("anteroom:swapped", (event) => {
    resolve([/** @type {Element} */ (event.target).id, document.querySelector("#board details.more:not([open])") === null]);
  }, { once: true })));
  await person.page.clock.runFor(61_000);
  await asked;
  assert.deepEqual(await shown, ["board", true]);
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
      const [one, other] = day.querySelectorAll("li > .appt[id]:not(.gone, .missed, .done)");
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
      const taken = [...day.querySelectorAll("ul > li, .closed")].map((e) => [number(e, "r"), number(e, "h")]);
      for (const chip of day.querySelectorAll("li > .appt[id]:not(.gone, .missed, .done)")) {
        const item = chip.closest("li");
        if (!item) continue;
        const end = number(item, "r") + number(item, "h");
        // A quarter more, and the breaks of both.
        if (taken.every(([r, h]) => r + h <= end || r >= end + 3 + 4)) return chip.id;
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
  // How long it would be is said in the language of the page.
  await person.page.evaluate(() => { document.documentElement.lang = "de"; });
  await person.page.mouse.move(x, y + 3 * row, { steps: 8 });
  assert.match(await person.page.locator("#week .ghost").innerText(), /^\d+ Min\.$/);
  await person.page.evaluate(() => { document.documentElement.lang = "en"; });
  await person.page.mouse.up();
  person.taps += 1;
  await person.page.getByRole("button", { name: "Undo" }).waitFor();
  person.within(1, "lengthen by drag");
  const after = await spanOf();
  assert.ok(after > before, `${after} rows, not ${before}`);
  await person.tap("button", "Undo");
  await person.page.waitForFunction(([at, old]) => document.querySelector(`#week #${at}`)?.closest("li")?.classList.contains(`h${old}`), [id, before]);
}));

test("a visit that would only touch the break of another asks why as well", () => atTheDesk({}, async (person) => {
  await openWeek(person);
  const found = await person.page.evaluate(() => {
    const number = (/** @type {Element} */ e, /** @type {string} */ letter) =>
      Number([...e.classList].find((c) => c[0] === letter && /^\d+$/.test(c.slice(1)))?.slice(1) ?? 1);
    for (const day of document.querySelectorAll("#week .day[data-with]")) {
      const taken = [...day.querySelectorAll("ul > li")];
      const chip = day.querySelector("li > .appt[id]:not(.gone, .missed, .past)");
      const item = chip?.closest("li");
      if (!chip || !item) continue;
      for (const other of /** @type {NodeListOf<HTMLElement>} */ (day.querySelectorAll("li[data-after]"))) {
        const row = number(other, "r") + number(other, "h");
        const until = row + number(item, "h");
        // Right behind the visit, where nothing stands: only its break is there.
        if (other !== item && taken.every((e) => e === item || number(e, "r") + number(e, "h") <= row || until <= number(e, "r"))) return { id: chip.id, row };
      }
    }
    return null;
  });
  assert.ok(found, "a visit with a break after it, and room behind it");
  await carry(person, found.id, found.row);
  await person.page.keyboard.press("Enter");
  await person.page.locator("#overlap-ask").waitFor();
  await person.page.keyboard.press("Escape");
}));

test("the week of everyone can be read, and opens at its first hour", () => atTheDesk({}, async (person) => {
  await person.visit(`/staff/calendar?date=${LATER}&with=all`);
  const found = await person.page.evaluate(() => {
    const cal = /** @type {HTMLElement} */ (document.querySelector("#week .cal"));
    const cut = [];
    let visits = 0;
    for (const chip of document.querySelectorAll("#week li > .appt[id]")) {
      visits += 1;
      const name = /** @type {Node} */ (chip.querySelector("bdi")?.firstChild);
      const range = document.createRange();
      range.selectNodeContents(name);
      const [box, words] = [chip.getBoundingClientRect(), range.getBoundingClientRect()];
      if (words.right > box.right + 1 || words.bottom > box.bottom + 2) cut.push(name.textContent);
    }
    return { visits, cut, top: cal.scrollTop, page: window.scrollY };
  });
  assert.ok(found.visits > 20, `${found.visits} visits`);
  assert.ok(found.cut.length * 6 <= found.visits, `of ${found.visits}, these family names are cut: ${found.cut}`);
  assert.deepEqual([found.top, found.page], [0, 0]);
  // Today it moves on only where now would be out of sight.
  await person.visit("/staff/calendar?with=all");
  const today = await person.page.evaluate(() => {
    const cal = /** @type {HTMLElement} */ (document.querySelector("#week .cal"));
    const line = document.querySelector("#week .now-line")?.getBoundingClientRect();
    const seen = Math.min(cal.getBoundingClientRect().bottom, window.innerHeight);
    return { top: cal.scrollTop, most: cal.scrollHeight - cal.clientHeight, line: line ? line.top : null, seen };
  });
  if (today.line !== null) {
    assert.ok(today.line < today.seen || today.top === today.most, JSON.stringify(today));
    assert.ok(today.top === 0 || today.line > today.seen / 2, JSON.stringify(today));
  } else assert.equal(today.top, 0);
}));

test("on a phone the day is a list in order of time, and the rail shows where one is", () => atTheDesk({ width: 390 }, async (person) => {
  await person.visit(`/staff/calendar?date=${LATER}&with=all`);
  const days = await person.page.evaluate(() => [...document.querySelectorAll("#week .day")].map((day) =>
    [...day.querySelectorAll(".appt")].map((chip) => ({
      row: Number([...(chip.closest("li")?.classList ?? [])].find((c) => /^r\d+$/.test(c))?.slice(1)),
      top: chip.getBoundingClientRect().top,
      block: chip.matches(".block"),
    }))));
  assert.ok(days.some((day) => day.some((one) => one.block)) || days.flat().length > 20, "something is on");
  for (const day of days) {
    const inTime = [...day].sort((a, b) => a.row - b.row || a.top - b.top);
    assert.deepEqual(day.map((d) => d.row), inTime.map((d) => d.row));
    assert.ok(day.every((one, n) => n === 0 || /** @type {any} */ (day[n - 1]).top < one.top), "the eye sees the same order");
  }
  await person.visit("/staff/outbox");
  const there = await person.page.evaluate(() => {
    const [entry, rail] = [".rail [aria-current]", ".rail"].map((at) => /** @type {Element} */ (document.querySelector(at)).getBoundingClientRect());
    return entry && rail && { left: entry.left - rail.left, right: rail.right - entry.right };
  });
  assert.ok(there && there.left >= 0 && there.right >= 0, JSON.stringify(there));
}));

test("the day is worked off by keyboard alone", () => atTheDesk({}, async (person) => {
  await person.visit("/staff");
  const lane = (/** @type {string} */ name) => person.page.locator("section.lane", { has: person.page.getByRole("heading", { name }) });
  await person.tabTo("button", /^Arrived/);
  const inCard = () => person.page.evaluate(() => document.activeElement?.closest("article")?.id ?? "");
  for (const _ of [1, 2]) {
    const id = await inCard();
    assert.ok(id, "the focus is in a card");
    await person.press("Enter");
    await lane("Arrived").locator(`#${id}`).waitFor();
    // The focus goes on to the next card; its button is a few stops further on.
    await person.page.waitForFunction((was) => document.activeElement?.closest("article") && document.activeElement.closest("article")?.id !== was, id);
    const next = await inCard();
    for (let stop = 0; stop < 5 && await person.page.evaluate(() => document.activeElement?.tagName !== "BUTTON"); stop += 1) await person.page.keyboard.press("Tab");
    assert.equal(await inCard(), next, "the button is in the same card");
  }
  await person.tabTo("button", /^Start/);
  const id = await inCard();
  await person.press("Space");
  await lane("With clinician").locator(`#${id}`).waitFor();
  // A card opens its visit.
  const link = lane("With clinician").locator(`#${id} a`).first();
  const name = await link.innerText();
  await person.tabTo("link", name);
  await person.press("Enter");
  await person.seesHeading(name);
}));

test("a chart is found, opened and changed by keyboard alone", () => atTheDesk({}, async (person) => {
  await person.visit("/staff");
  await person.page.locator("article h3").first().waitFor();
  const name = (await person.page.locator("article h3").first().innerText()).trim();
  await person.press("Control+k");
  await person.page.keyboard.type(name);
  await person.press("Enter");
  await person.page.waitForURL(/patients/);
  await person.tabTo("link", new RegExp(name.split(" ").at(-1) ?? name));
  await person.press("Enter");
  await person.page.waitForURL(/patients\/pat_/);
  await person.seesHeading(name);
  const chart = new URL(person.page.url()).pathname;
  await person.tabTo("link", "Change details");
  await person.press("Enter");
  await person.seesHeading(/Change the details/);
  await person.tabTo("textbox", "E-mail");
  await person.press("Control+a");
  await person.page.keyboard.type("by-keyboard@example.org");
  await person.press("Enter");
  await person.page.waitForURL((url) => url.pathname === chart);
  await person.sees("by-keyboard@example.org");
  // What is folded away opens, and every stop can be seen.
  const fold = person.page.locator("main summary").first();
  for (let i = 0; i < 150 && !(await fold.evaluate((e) => e === document.activeElement)); i += 1) {
    await person.page.keyboard.press("Tab");
    const seen = await person.page.evaluate(() => {
      const box = document.activeElement?.getBoundingClientRect();
      return document.activeElement === document.body || (box && box.bottom > 0 && box.top < window.innerHeight);
    });
    assert.ok(seen, "the focus is in view");
  }
  await person.press("Enter");
  assert.ok(await fold.evaluate((e) => /** @type {HTMLDetailsElement} */ (e.parentElement).open));
}));

test("patients will see next follows what is typed for a service, before it is saved", () => atTheDesk({}, async (person) => {
  await person.visit("/staff/settings/services");
  await person.page.locator("main a[href^='/staff/settings/services/']:not([href$='/new'])").first().click();
  const next = person.page.locator("#next");
  await next.waitFor();
  const before = await next.textContent();
  const lead = person.page.locator("#lead");
  await lead.focus();
  await lead.fill("72");
  await person.page.getByText("Not saved yet").waitFor();
  assert.notEqual(await next.textContent(), before);
  assert.equal(await person.page.evaluate(() => document.activeElement?.id), "lead", "the focus stays where one types");
  assert.equal(await lead.inputValue(), "72");
  await person.page.reload();
  assert.equal(await next.textContent(), before, "nothing was saved");
}, "owner"));

test("patients will see next follows single days and closures, and what is wrong is said above the form", () => atTheDesk({}, async (person) => {
  const next = person.page.locator("#next");
  const day = tuesday(7);
  // Someone's single day: what is typed shows, then the button does the same, and nothing is saved.
  await person.visit("/staff/settings/hours");
  await person.page.locator("main a[href^='/staff/settings/hours/']").first().click();
  await next.waitFor();
  const before = await next.textContent();
  await person.page.locator("#day").fill(day);
  await person.page.locator("#windows").fill("20:00-21:00");
  await next.getByText(/Tue.*20:00/).waitFor();
  assert.match(await next.innerText(), /Not saved yet[^]*From Tuesday/);
  await person.page.locator("form", { has: person.page.locator("#day") }).getByRole("button", { name: "Show what patients will see" }).click();
  await person.page.waitForFunction(() => document.activeElement?.closest("#next") !== null);
  assert.match(await next.innerText(), /Not saved yet[^]*20:00/);
  assert.equal(await person.page.locator("#windows").inputValue(), "20:00-21:00");
  await person.page.locator("#windows").fill("two to four");
  await person.page.getByRole("button", { name: "Change these days" }).click();
  await person.page.locator(".problems a[href='#windows']").waitFor();
  assert.ok(await person.page.evaluate(() => document.activeElement?.matches(".problems")), "the focus is where it is said");
  assert.deepEqual(await axe(person.page), []);
  await person.visit(person.page.url());
  assert.equal(await next.textContent(), before, "nothing was saved");

  // Kept in the middle of typing: what comes too late says nothing about it any more.
  await person.page.locator("#day").fill(day);
  await person.page.locator("#windows").fill("20:00-21:00");
  await person.press("Enter");
  await person.page.getByRole("button", { name: /^Remove.*Tuesday/ }).first().waitFor();
  await person.page.waitForTimeout(900);
  assert.doesNotMatch(await next.innerText(), /Not saved yet/);

  await person.visit("/staff/settings/closures");
  await person.page.locator("#day").fill(day);
  await next.getByText("Not saved yet").waitFor();
  assert.match(await next.innerText(), /From Tuesday[^]*Wed/);
  assert.doesNotMatch(await next.locator("li").first().innerText(), /Tue/);
}, "owner"));

for (const scripts of [true, false]) {
  test(`a logo that was chosen is shown first and published then, ${scripts ? "with" : "without"} scripts`, () => atTheDesk({ scripts }, async (person) => {
    const { page } = person;
    await person.visit("/staff/settings/look");
    // Larger than anything that is typed.
    const buffer = await page.screenshot({ fullPage: true });
    assert.ok(buffer.length > 64 * 1024 && buffer.length < 500_000, `${buffer.length} bytes`);
    // Larger than may be: with scripts that is said at once, and nothing goes out.
    await page.locator("#logo").setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(600_000, 1) });
    if (!scripts) await person.tap("button", "Show me first");
    await person.sees(/This file is too large/);
    // With scripts it shows at once; without them a button shows it.
    await page.locator("#logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer });
    if (!scripts) await person.tap("button", "Show me first");
    await page.locator("#preview img[src^='data:image/png']").first().waitFor();
    const seen = page.locator("#preview img[src^='data:image/png']");
    assert.equal(await seen.count(), 3);
    if (scripts) assert.deepEqual(await axe(page), []);
    await page.locator("#name").fill("");
    await person.tap("button", "Publish");
    await page.locator(".problems a[href='#name']").waitFor();
    await person.sees("Chosen, not saved yet");
    await page.locator("#name").fill("Riverside Clinic");
    await person.tap("button", "Publish");
    await person.sees("Everyone sees the new look.");
    // Everybody's pages have it now, and after Undo nobody's.
    const published = page.locator("#preview img[src^='/logo?v=']");
    await published.nth(2).waitFor();
    await published.first().evaluate((image) => /** @type {HTMLImageElement} */ (image).decode());
    assert.equal(await published.first().evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth), 1280);
    await person.tap("button", "Undo");
    await person.sees("Saved");
    assert.equal(await page.locator("#preview img").count(), 0);
  }, "owner"));
}
