// Our own scripts keep to the types that their comments promise.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
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
