// The first start of a clinic, in the shortest way.
/** @param {import("./person.mjs").Person} person @param {string} code that the first start printed */
export async function setUp(person, code) {
  await person.visit("/setup");
  await person.type("Set-up code", code);
  await person.type("Your full name", "Helena Marsh");
  await person.type("Email address", "helena@example.org");
  await person.type(/password/i, "a long way to the river");
  await person.tap("button", "Continue");
  await person.seesHeading("Your clinic");
  await person.type("Name of the clinic", "Mill Lane Practice");
  await person.tap("button", "Continue");
  await person.seesHeading("What do you offer?");
  await person.tap("button", "Continue");
  await person.seesHeading("When do you see people?");
  await person.tap("button", "Continue");
  await person.seesHeading("Patients can book now");
}
