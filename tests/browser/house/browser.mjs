// Chromium that trusts the clinic's own authority, as a person's would after installing it: nothing
// here ever ignores a certificate.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { Watch } from "./watch.mjs";

/** Debian's browser. */
export const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";

/** No lookups of its own: this browser talks to the clinic and to nobody else. */
export const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-domain-reliability",
  "--force-color-profile=srgb", "--font-render-hinting=none",
];

/** @typedef {{ width?: number, dark?: boolean, rtl?: boolean, scripts?: boolean, touch?: boolean, forced?: boolean }} Look */

/** The size of a window of that width. @param {number} width */
const height = (width) => (width < 600 ? 844 : 800);

/** A home folder whose certificate store knows one authority, or none. @param {string | null} ca path of its certificate */
export function homeThatTrusts(ca) {
  const home = mkdtempSync(path.join(tmpdir(), "anteroom-home-"));
  const store = path.join(home, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  if (ca !== null) execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "the clinic", "-i", ca]);
  return home;
}

/** The environment of a browser that lives in a home folder. @param {string} home */
export function inHome(home) {
  return { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, ".config"), XDG_DATA_HOME: path.join(home, ".local/share"), XDG_CACHE_HOME: path.join(home, ".cache") };
}

/** @param {{ url: string, ca: string | null }} server without `ca`, it trusts nobody of ours */
export async function open(server) {
  const home = homeThatTrusts(server.ca);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET, env: inHome(home) });
  return {
    /** A window of somebody's own: no cookies but theirs. @param {Look} look */
    async window(look = {}) {
      const width = look.width ?? 390;
      const phone = look.touch ?? width < 600;
      const context = await browser.newContext({
        viewport: { width, height: height(width) },
        hasTouch: phone,
        isMobile: phone,
        javaScriptEnabled: look.scripts !== false,
        colorScheme: look.dark ? "dark" : "light",
        forcedColors: look.forced ? "active" : "none",
        // Nobody's tests wait for a fade.
        reducedMotion: "reduce",
        extraHTTPHeaders: { "accept-language": look.rtl ? "ar-XB" : "en" },
        acceptDownloads: true,
      });
      context.setDefaultTimeout(10_000);
      const watch = await Watch.over(context, server.url);
      const page = await context.newPage();
      return { context, page, watch, phone, close: () => context.close() };
    },
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
