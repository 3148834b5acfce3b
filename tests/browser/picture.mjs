// Takes the picture of the README from the demonstration: `node tests/browser/picture.mjs`.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { open } from "./house/browser.mjs";
import { REPO, demo } from "./house/demo.mjs";
import { Person } from "./house/person.mjs";

const clinic = await demo();
const browser = await open(clinic);
try {
  const shots = [];
  for (const [role, width] of /** @type {const} */ ([["front-desk", 1280], ["patient", 390]])) {
    const window = await browser.window({ width, touch: false });
    const person = new Person(window, clinic.url);
    await person.enter(clinic.person(role));
    await window.page.setViewportSize({ width, height: 800 });
    await window.page.mouse.move(0, 0);
    shots.push({ width, png: (await window.page.screenshot()).toString("base64") });
    await window.close();
  }
  const frame = await browser.window({ width: 1280 + 390 + 96, touch: false });
  await frame.page.setViewportSize({ width: 1280 + 390 + 96, height: 864 });
  await frame.page.setContent(`<body style="margin:0;display:flex;gap:32px;padding:32px;background:#e6ebee">${shots
    .map(({ width, png }) => `<img style="width:${width}px;border-radius:12px;box-shadow:0 2px 12px #0003" src="data:image/png;base64,${png}">`)
    .join("")}</body>`);
  await frame.page.waitForFunction(() => [...document.images].every((image) => image.complete));
  const picture = await frame.page.screenshot();
  writeFileSync(path.join(REPO, "assets/readme.png"), picture);
  console.log(`assets/readme.png: ${Math.round(picture.length / 1024)} KB`);
  await frame.close();
} finally {
  await browser.close();
  await clinic.stop();
}
