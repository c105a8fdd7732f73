/** What the checks of the packed tarball share. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build.mjs";

export { root };

/** The version range of `@langchain/core` that the package takes. */
export const core = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).peerDependencies["@langchain/core"];

/** Packs the checkout; gives the path of the tarball in `folder`. */
export function pack(folder) {
  const [{ filename }] = JSON.parse(npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  return join(folder, filename);
}

export function npm(cwd, ...options) {
  return execute(cwd, "npm", [...options, "--no-audit", "--no-fund", "--loglevel", "error"]);
}

/** Runs a program to its end and gives what it prints on standard output; ends the process when it fails. */
export function execute(cwd, program, options, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, options, { cwd, encoding: "utf8", env: { ...process.env, ...environment } });
  if (status !== 0) stop(`This failed in ${cwd}: ${program} ${options.join(" ")}\n${error ?? ""}${stdout}${stderr}`);
  return stdout;
}

/** Starts a program that sees nothing of this process's environment but where programs are. */
export function start(cwd, program, options, environment) {
  return spawn(program, options, { cwd, env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: "1", NPM_CONFIG_UPDATE_NOTIFIER: "false", ...environment }, timeout: 60_000 });
}

/** All that such a program prints until it ends. Other than `execute` it lets an endpoint in this process answer meanwhile. */
export function printedBy(cwd, program, options, environment) {
  const child = start(cwd, program, options, environment);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
  return new Promise((resolve) => child.once("close", () => resolve(printed.trim())));
}

export function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
