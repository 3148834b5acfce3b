// A page's text as it left the server: valid, and nothing inline.
import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    "no-inline-style": "error",
    // maud writes what HTML allows: `<br>`, `hidden`, unescaped apostrophes; and titles carry the clinic's name.
    "void-style": "off",
    "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off",
    "no-raw-characters": "off",
    "long-title": "off",
    // Dates and numbers as people write them; `tel:` links say the same.
    "tel-non-breaking": "off",
    // Chromium still needs it on lists without bullets, and the label is where the standard allows it.
    "no-redundant-role": "off",
  },
});

/** @param {string} html @returns {Promise<string[]>} one sentence per problem */
export async function htmlProblems(html) {
  const problems = [];
  for (const tag of html.match(/<[a-z][^>]*>/gi) ?? []) {
    if (/\sstyle\s*=/i.test(tag)) problems.push(`inline style: ${tag.slice(0, 80)}`);
    if (/\son[a-z]+\s*=/i.test(tag.replace(/"[^"]*"/g, '""'))) problems.push(`inline handler: ${tag.slice(0, 80)}`);
    if (/^<script/i.test(tag) && !/\ssrc\s*=/i.test(tag)) problems.push(`inline script: ${tag.slice(0, 80)}`);
    if (/^<style/i.test(tag)) problems.push("inline style sheet");
  }
  const report = await validator.validateString(html);
  for (const result of report.results) {
    for (const m of result.messages) {
      const around = (result.source ?? "").split("\n")[m.line - 1]?.slice(Math.max(0, m.column - 40), m.column + 80) ?? "";
      // Tokens differ on every view, the problem does not.
      problems.push(`${m.ruleId}: ${m.message} … ${around.replace(/value="[0-9a-f]+("|$)/g, 'value="…"')}`);
    }
  }
  return problems;
}
