// Looking at one page as a person would, and measuring what can be measured.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @returns {Promise<string[]>} */
export async function axe(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(
    async (tags) => (await /** @type {any} */ (window).axe.run(document, { runOnly: tags, resultTypes: ["violations"] })).violations,
    TAGS,
  );
  return violations.map((/** @type {any} */ v) => {
    const nodes = v.nodes.slice(0, 3).map((/** @type {any} */ n) => `${n.target.join(" ")} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ""})`);
    return `axe ${v.id}: ${v.help}: ${nodes.join("; ")}${v.nodes.length > 3 ? ` and ${v.nodes.length - 3} more` : ""}`;
  });
}

/** Nothing scrolls sideways but what has a box of its own. @param {Page} page @returns {Promise<string[]>} */
export async function reflow(page) {
  return await page.evaluate(() => {
    const problems = [];
    for (const box of [document.documentElement, document.body, document.querySelector("main")]) {
      if (!box || box.scrollWidth <= box.clientWidth + 1) continue;
      const edge = box.getBoundingClientRect().left + box.clientWidth;
      const wide = [...box.querySelectorAll("*")].find((e) => e.getBoundingClientRect().right > edge + 1);
      problems.push(`scrolls sideways: ${box.tagName.toLowerCase()} ${box.scrollWidth} > ${box.clientWidth}, by ${wide?.tagName.toLowerCase()}.${wide?.getAttribute("class")}`);
    }
    return problems;
  });
}

/** As reflow, with the text spacing that people may set (WCAG 1.4.12). @param {Page} page */
export async function reflowSpaced(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-block-end: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
  });
  const problems = await reflow(page);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
  return problems.map((p) => `with text spacing: ${p}`);
}

/** Targets big enough for a thumb; a link within a sentence is exempt. @param {Page} page @param {number} least_px */
export async function targets(page, least_px) {
  return await page.evaluate((least) => {
    const problems = [];
    for (const e of document.querySelectorAll("a[href], button, summary, input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea")) {
      const box = e.getBoundingClientRect();
      if (box.width === 0 || getComputedStyle(e).display === "inline" || e.classList.contains("skip") || box.height + 0.5 >= least) continue;
      problems.push(`target of ${Math.round(box.width)}×${Math.round(box.height)} px: ${e.outerHTML.slice(0, 90)}`);
    }
    return problems;
  }, least_px);
}

/** After each Tab: what has the focus shows it, and nothing lies over it. @param {Page} page */
export async function focus(page) {
  const problems = new Set();
  await page.evaluate(() => { window.scrollTo(0, 0); (/** @type {HTMLElement} */ (document.activeElement))?.blur(); });
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return "end";
      const marked = /** @type {any} */ (e);
      if (marked.dataset.wasFocused) return "end";
      marked.dataset.wasFocused = "1";
      const ringed = (/** @type {Element} */ x) => {
        const s = getComputedStyle(x);
        return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 3;
      };
      const label = e.closest("label") ?? (e.id ? document.querySelector(`label[for="${CSS.escape(e.id)}"]`) : null);
      const name = e.outerHTML.slice(0, 90);
      if (![e, e.parentElement, label, label?.parentElement].some((x) => x && ringed(x))) return `no ring on ${name}`;
      const box = e.getBoundingClientRect();
      if (e.tagName === "MAIN" || box.width < 2) return "";
      // What fits into the window shows its middle; of what does not, the part that shows is looked at.
      const middle = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ room) =>
        to - from <= room ? (from + to) / 2 : (Math.max(from, 0) + Math.min(to, room)) / 2;
      const [x, y] = [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return `out of sight: ${name}`;
      const over = document.elementFromPoint(x, y);
      if (over && (e.contains(over) || over.contains(e) || label?.contains(over))) return "";
      return `covered by ${over?.outerHTML.slice(0, 60)}: ${name}`;
    });
    if (found === "end") break;
    if (found) problems.add(`focus: ${found}`);
  }
  return [...problems];
}

/** All that can be measured on one page, for patients' thumbs or for staff. @param {Page} page @param {"patient" | "staff"} whose */
export async function everything(page, whose) {
  const here = new URL(page.url()).pathname.replace(/[0-9a-z]{20,}/g, "…");
  const found = [
    ...(await axe(page)), ...(await reflow(page)), ...(await reflowSpaced(page)),
    ...(whose === "patient" ? await targets(page, 44) : []), ...(await focus(page)),
  ];
  return found.map((problem) => `${here}: ${problem}`);
}
