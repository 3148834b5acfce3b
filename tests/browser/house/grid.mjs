// Which looks a page is seen in. Every run: a phone in daylight, and one other that changes by day.
/** @typedef {import("./browser.mjs").Look & { name: string }} Named */

/** @type {Named[]} */
export const ALL = [];
for (const rtl of [false, true]) {
  for (const dark of [false, true]) {
    for (const width of [390, 320, 1280]) {
      ALL.push({ width, dark, rtl, name: `${width}-${dark ? "dark" : "light"}-${rtl ? "rtl" : "ltr"}` });
    }
  }
}
ALL.push({ width: 390, forced: true, name: "390-forced-ltr" });

export const LONG = process.env.ANTEROOM_LONG === "1";
const day = Math.floor(Date.now() / 86_400_000);
const [first, ...rest] = ALL;

/** The looks of this run: those named in ANTEROOM_LOOK, by commas, or the usual ones. @returns {Named[]} */
export function looks() {
  const chosen = process.env.ANTEROOM_LOOK;
  if (chosen) return ALL.filter((look) => chosen.split(",").includes(look.name));
  return LONG ? ALL : [first, rest[day % rest.length]];
}
