/** What was measured, and on what. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROFILE_GUIDED } from "../scripts/build.mjs";
import { MAIN_THREAD_CLOCK } from "./clocks.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MEGABYTE = 1024 * 1024;

/** A release build is well below this size; a debug build is several times as large. */
const MAX_RELEASE_SIZE = 20 * MEGABYTE;
const SECTION_NAMES = 16 * 1024;

/** The addon that is loaded. */
export function addonFile() {
  const given = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  if (given) return given;
  const require = createRequire(join(root, "package.json"));
  require("#native")();
  const loaded = Object.keys(require.cache).find((path) => path.endsWith(".node"));
  if (loaded === undefined) throw new Error("No addon is loaded: `#native` loads no .node file.");
  return loaded;
}

/** Why the addon is not a release build; `undefined` if it is one. Figures of a debug build mean nothing. */
export function debugAddon() {
  const file = addonFile();
  const { size } = statSync(file);
  if (size > MAX_RELEASE_SIZE) return `${file} has ${(size / MEGABYTE).toFixed(0)} MB, a release build less than ${MAX_RELEASE_SIZE / MEGABYTE}`;
  // The names of an ELF file's sections are at its end.
  return readFileSync(file).subarray(-SECTION_NAMES).includes(".debug_info") ? `${file} holds debug information` : undefined;
}

/** Whether the addon is as it is released, made by `npm run build:release`. Of one that the environment names nothing is known. */
export function isProfileGuided() {
  return process.env.NAPI_RS_NATIVE_LIBRARY_PATH === undefined && readFileSync(join(root, ".build", "addon"), "utf8").endsWith(PROFILE_GUIDED);
}

export function describeMachine() {
  const [{ model }] = cpus();
  return {
    cpu: model.trim(),
    cores: cpus().length,
    memory: `${Math.round(totalmem() / MEGABYTE / 1024)} GB`,
    system: `${platform()} ${release().split(".", 2).join(".")} ${arch()}`,
    node: process.version,
    mainThreadClock: MAIN_THREAD_CLOCK,
  };
}

export function versions() {
  return {
    "langchain-aws-native": readVersion(root),
    "@langchain/aws": readVersion(join(root, "node_modules/@langchain/aws")),
    "@langchain/core": readVersion(join(root, "node_modules/@langchain/core")),
    "@aws-sdk/client-bedrock-runtime": readVersion(join(root, "node_modules/@aws-sdk/client-bedrock-runtime")),
    commit: commit(),
    isProfileGuided: isProfileGuided(),
    addonMegabytes: Number((statSync(addonFile()).size / MEGABYTE).toFixed(1)),
  };
}

function readVersion(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
}

/** The commit, with a plus when files that matter to a measurement differ from it. */
function commit() {
  const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--", "langchain", "src", "Cargo.lock") ? "+" : "");
  } catch {
    return "unknown";
  }
}
