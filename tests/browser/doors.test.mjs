// How people come in: an invitation on the phone, and returning.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { axe, focus, reflow, targets } from "./house/look.mjs";
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

/** Invites a patient who has never been invited. @param {number} nth @param {boolean} scripts */
async function invite(nth, scripts) {
  const window = await browser.window({ width: 1280, scripts });
  const desk = new Person(window, clinic.url);
  await desk.enter(clinic.person("front-desk"));
  await desk.visit("/staff/patients");
  await desk.page.getByRole("link", { name: "Never invited" }).click();
  await desk.page.waitForURL(/\?/);
  await desk.page.locator("main table a[href^='/staff/patients/pat_'], main li a[href^='/staff/patients/pat_']").nth(nth).click();
  await desk.page.getByRole("button", { name: /^Invite/ }).waitFor();
  const chart = new URL(desk.page.url()).pathname;
  await desk.visit(`${chart}/details`);
  const part = (/** @type {string} */ name) => desk.page.locator(`input[name$='-${name}'], input[name='${name}']`).first().inputValue();
  const born = { Day: await part("day"), Month: await part("month"), Year: await part("year") };
  await desk.visit(chart);
  desk.taps = 0;
  await desk.tap("button", /^Invite/);
  await desk.sees("Scan it with their phone");
  desk.within(1, "invite");
  const problems = [...(scripts ? await axe(desk.page) : []), ...(await reflow(desk.page))];
  const token = await desk.page.locator("input[name=token]").first().inputValue();
  assert.deepEqual(problems, []);
  await window.watch.clean();
  await window.close();
  return { born, link: `/i/${token}` };
}

for (const [nth, scripts] of [true, false].entries()) {
  const mode = scripts ? "with scripts" : "without scripts";

  test(`an invitation leads to one's page, ${mode}`, async () => {
    const { born, link } = await invite(nth, scripts);
    const window = await browser.window({ scripts });
    const person = new Person(window, clinic.url);
    await person.visit(link);
    person.taps += 1;
    await person.seesHeading(/Hello from/);
    if (scripts) {
      const page = person.page;
      assert.deepEqual([...(await axe(page)), ...(await reflow(page)), ...(await targets(page, 44)), ...(await focus(page))], []);
    }
    // Somebody else's birth date opens nothing.
    for (const [label, value] of Object.entries({ ...born, Year: String(Number(born.Year) - 1) })) await person.type(label, value);
    await person.page.getByRole("button", { name: "Open my page" }).click();
    await person.seesHeading("There is a problem");

    person.typed = 0;
    for (const [label, value] of Object.entries(born)) await person.type(label, value);
    await person.tap("button", "Open my page");
    await person.seesHeading(/^Hello /);
    await person.page.waitForURL(`${clinic.url}/`);
    person.within(2, `invitation to one's page, ${mode}`);
    assert.ok(person.typed <= 8, "eight digits are enough");

    // It worked once; another phone gets nothing from it.
    const other = await browser.window();
    await other.page.goto(new URL(link, clinic.url).href);
    assert.equal(await other.page.getByRole("button", { name: "Open my page" }).count(), 0);
    await other.close();
    await window.watch.clean();
    await window.close();
  });
}

test("an invitation is made, copied and written down by keyboard alone", async () => {
  const window = await browser.window({ width: 1280 });
  const desk = new Person(window, clinic.url);
  await desk.enter(clinic.person("front-desk"));
  desk.page.mouse.click = () => { throw new Error("the mouse is away"); };
  await desk.visit("/staff/patients");
  await desk.tabTo("link", "Never invited");
  await desk.press("Enter");
  await desk.page.waitForURL(/\?/);
  // Not one of those that the tests above invited.
  const name = await desk.page.locator("main table a[href^='/staff/patients/pat_']").nth(4).innerText();
  await desk.tabTo("link", name);
  await desk.press("Enter");
  await desk.page.waitForURL(/\/pat_/);
  const chart = new URL(desk.page.url()).pathname;
  desk.taps = 0;
  await desk.tabTo("button", /^Invite/);
  await desk.press("Enter");
  await desk.sees("Scan it with their phone");
  desk.within(1, "invite by keyboard");
  await desk.tabTo("button", "Copy the words");
  await desk.tabTo("button", "I sent the words");
  await desk.press("Enter");
  await desk.page.waitForURL((url) => url.pathname === chart);
  await desk.sees("Sent by hand");
  await window.watch.clean();
  await window.close();
});

test("whoever asks for a code is told to look in their mail, known or not", async () => {
  for (const email of ["amira.haddad@example.org", "nobody@example.org"]) {
    const window = await browser.window();
    const person = new Person(window, clinic.url);
    await person.visit("/sign-in");
    await person.type("Your email address", email);
    await person.tap("button", "Send me a code");
    await person.seesHeading("Look in your email");
    const page = person.page;
    assert.deepEqual([...(await axe(page)), ...(await reflow(page)), ...(await targets(page, 44))], []);
    await person.type("6-digit code", "000000");
    await person.tap("button", "Sign in");
    await person.seesHeading("There is a problem");
    await window.watch.clean();
    await window.close();
  }
});
