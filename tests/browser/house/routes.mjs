// The site map, read from the one place that has it: a page that is added there is looked at here.
import { readFileSync } from "node:fs";
import path from "node:path";
import { REPO } from "./demo.mjs";

/** @typedef {{ pattern: string, needs: string, regex: RegExp, literal: number }} Route */

/** Every page that can be asked for. @returns {Route[]} */
export function pages() {
  const source = readFileSync(path.join(REPO, "src/web/routes.rs"), "utf8");
  const routes = [...source.matchAll(/\bget\(\s*"([^"]+)",\s*([A-Za-z:]+(?:\([^)]*\))?)/g)].map(([, pattern, needs]) => ({
    pattern,
    needs,
    regex: new RegExp(`^${pattern.replace(/[.]/g, "\\.").replace(/:[a-z_]+/g, "[^/]+")}$`),
    literal: pattern.split("/").filter((part) => part && !part.startsWith(":")).length,
  }));
  if (routes.length < 10) throw new Error("the site map is not where it was");
  return routes.sort((a, b) => b.literal - a.literal);
}

/** The route that answers a path. @param {Route[]} routes @param {string} pathname */
export function routeOf(routes, pathname) {
  return routes.find((route) => route.regex.test(pathname));
}
