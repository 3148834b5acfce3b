// A server of our own on loopback, in a folder that is gone afterwards.
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const REPO = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const BINARY = process.env.ANTEROOM_BINARY || path.join(REPO, "target/debug/anteroom");
const READY_S = 90;

/** @typedef {{ name: string, role: string, sign_in: string }} Someone */

/**
 * Starts a process of the binary and waits for a line on its output.
 * @param {string[]} args
 * @param {(line: string) => any} found what the awaited line gives; undefined: not this one
 */
export async function start(args, found) {
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (part) => { log += part; });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const ready = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in ${READY_S} s\n${log}`)), READY_S * 1000);
    let output = "";
    child.stdout.on("data", (part) => {
      output += part;
      const lines = output.split("\n");
      output = lines.pop() ?? "";
      for (const line of lines) {
        const value = found(line);
        if (value === undefined) continue;
        clearTimeout(timer);
        resolve(value);
      }
    });
    child.once("error", reject);
    void ended.then(() => reject(new Error(`it ended before it was ready\n${log}`)));
  });
  return {
    ready,
    log: () => log,
    async stop() {
      if (child.exitCode === null) child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The demonstration clinic. */
export async function demo() {
  const folder = await mkdtemp(path.join(tmpdir(), "anteroom-browser-"));
  const args = ["demo", "--json", "--listen", "127.0.0.1:0", "--data", path.join(folder, "clinic")];
  const server = await start(args, (line) => (line.startsWith("{") ? JSON.parse(line) : undefined));
  return {
    /** @type {string} */ url: server.ready.url,
    /** @type {string} */ ca: server.ready.ca,
    folder,
    log: server.log,
    /** @param {string} role @returns {Someone} */
    person(role) {
      const one = server.ready.people.find((/** @type {Someone} */ p) => p.role === role);
      if (!one) throw new Error(`nobody is ${role}`);
      return one;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A new clinic, and the code that its first start prints. */
export async function newClinic() {
  const folder = await mkdtemp(path.join(tmpdir(), "anteroom-first-"));
  const data = path.join(folder, "clinic");
  let url = "";
  const server = await start(["serve", "--data", data, "--listen", "127.0.0.1:0"], (line) => {
    url = /Address\s+(https:\S+?)\/setup/.exec(line)?.[1] ?? url;
    const code = /Set-up code\s+(\S+)/.exec(line)?.[1];
    return code && { url, code };
  });
  return {
    .../** @type {{ url: string, code: string }} */ (server.ready),
    ca: path.join(data, "ca.pem"),
    /** What the command line says, beside the server. @param {string[]} args */
    tell: (args) => execFileSync(BINARY, [...args, "--data", data], { encoding: "utf8" }),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
