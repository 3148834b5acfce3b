// Our own scripts keep to the types that their comments promise, and no rule of a sheet is dead.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { REPO } from "./house/demo.mjs";

test("the scripts of the pages are typed", () => {
  const folder = path.join(REPO, "assets/js");
  const files = readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => path.join(folder, name));
  assert.ok(files.length > 0);
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--skipLibCheck", "--typeRoots", "none"];
  const run = spawnSync(process.execPath, [tsc, ...options, ...files], { encoding: "utf8" });
  assert.equal(run.stdout, "");
  assert.equal(run.status, 0);
});

/** All text below a folder. @param {string} folder @param {RegExp} which @returns {string} */
function texts(folder, which) {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "kit" ? "" : texts(at, which);
    return which.test(entry.name) && entry.name !== "kit.rs" ? readFileSync(at, "utf8") : "";
  }).join("\n");
}

test("every class of the sheets is on some page, every attribute that scripts ask for too", () => {
  const pages = texts(path.join(REPO, "src/web"), /\.rs$/);
  const scripts = texts(path.join(REPO, "assets/js"), /\.js$/);
  const sheets = texts(path.join(REPO, "assets/css"), /\.css$/).replace(/\/\*[^]*?\*\//g, "");
  const said = [...`${pages}\n${scripts}`.matchAll(/["`]([^"`\n]*)["`]/g)].map((m) => m[1]).join(" ");
  const is = (/** @type {string} */ name) =>
    new RegExp(`[\\w)}\\] ]\\.${name}(?![\\w-])`).test(pages) || new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(said);
  // Rows, hues, lanes and numbers of days are written by counting.
  const counted = /^[rhkdxw]\d+$/;
  const classes = new Set([...sheets.matchAll(/([^{}]+)\{/g)].flatMap(([, selector]) => [...selector.matchAll(/\.([a-zA-Z][\w-]*)/g)].map((m) => m[1])));
  assert.ok(classes.size > 100);
  assert.deepEqual([...classes].filter((name) => !counted.test(name) && !is(name)), []);
  const asked = new Set([...scripts.matchAll(/\[(data-[\w-]+)/g)].map((m) => m[1]));
  const made = [...scripts.matchAll(/dataset\.(\w+) = /g)].map((m) => `data-${m[1].replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`);
  assert.deepEqual([...asked].filter((name) => !pages.includes(name) && !made.includes(name)), []);
});
