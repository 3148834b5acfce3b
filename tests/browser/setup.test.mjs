// The first start: from an empty folder to a time that a patient can book, in four screens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./house/browser.mjs";
import { newClinic } from "./house/demo.mjs";
import { everything, reflow } from "./house/look.mjs";
import { Person } from "./house/person.mjs";

for (const scripts of [true, false]) {
  const mode = scripts ? "with scripts" : "without scripts";

  test(`a clinic is set up, ${mode}`, async () => {
    const clinic = await newClinic();
    const browser = await open(clinic);
    try {
      const window = await browser.window({ width: 1280, scripts });
      const person = new Person(window, clinic.url);
      /** @type {string[]} */
      const problems = [];
      const look = async () => {
        const here = new URL(person.page.url()).pathname;
        const found = scripts ? await everything(person.page, "patient") : await reflow(person.page);
        problems.push(...found.map((problem) => `${here}: ${problem}`));
      };

      await person.visit("/setup");
      await person.seesHeading("Set up your clinic");
      await look();
      // A wrong code opens nothing, and says so.
      await person.type("Set-up code", "WRONG-CODE");
      await person.type("Your full name", "Helena Marsh");
      await person.type("Email address", "helena@example.org");
      await person.type(/password/i, "a long way to the river");
      await person.tap("button", "Continue");
      await person.seesHeading("There is a problem");
      await look();

      person.taps = 0;
      person.typed = 0;
      await person.type("Set-up code", clinic.code);
      await person.type(/password/i, "a long way to the river");
      await person.tap("button", "Continue");
      await person.seesHeading("Your clinic");
      await look();
      await person.type("Name of the clinic", "Mill Lane Practice");
      await person.tap("button", "Continue");
      await person.seesHeading("What do you offer?");
      await look();
      await person.tap("button", "Continue");
      await person.seesHeading("When do you see people?");
      await look();
      await person.tap("button", "Continue");
      await person.seesHeading("Patients can book now");
      person.within(4, `first start to the first time that can be booked, ${mode}`);
      await look();

      await person.tap("button", "Skip this");
      await look();
      await person.tap("button", "Do this later");
      await person.seesHeading("Recovery sheet");
      await look();
      // On paper, and typed back: first what it is not.
      await person.tap("button", "Show the sheet to print it");
      const word = (await person.page.locator("code.bigcode").innerText()).trim();
      await person.tap("link", "Back");
      await person.type("Test word", "river");
      await person.tap("button", "Check the word");
      await person.seesHeading("There is a problem");
      await look();
      await person.type("Test word", word);
      await person.tap("button", "Check the word");
      await person.seesHeading("You are ready");
      await look();
      await person.visit("/staff");
      await person.page.getByRole("navigation", { name: "Places" }).or(person.page.locator("nav.rail")).first().waitFor();
      // The code works once.
      const stranger = await browser.window({ width: 1280 });
      await stranger.page.goto(`${clinic.url}/setup`);
      assert.equal(await stranger.page.getByRole("heading", { name: "Set up your clinic" }).count(), 0);
      await stranger.close();

      problems.push(...(await window.watch.found()));
      assert.deepEqual([...new Set(problems)], []);
      await window.close();
    } finally {
      await browser.close();
      await clinic.stop();
    }
  });
}
