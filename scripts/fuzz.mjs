/**
 * Fuzzes the core, on stable Rust: `node scripts/fuzz.mjs` gives each target a fixed number of inputs, made of its corpus in a fixed order, as CI does;
 * `node scripts/fuzz.mjs --seconds 300 schemas` looks for new ones.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { root, run } from "./build.mjs";

/** Inputs of each target in CI, some seconds of work each. */
const RUNS = { frames: 20_000, pairing: 50_000, request: 50_000, response: 50_000, schemas: 5_000, stream: 50_000 };

/** They tell libFuzzer which code an input has reached. */
const COVERAGE = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Ccodegen-units=1",
  // The targets use a part of the sources only.
  "-Awarnings",
];

const { values, positionals } = parseArgs({ options: { seconds: { type: "string" } }, allowPositionals: true });
const targets = positionals.length > 0 ? positionals : Object.keys(RUNS);
const unknown = targets.find((target) => !Object.hasOwn(RUNS, target));
if (unknown !== undefined) {
  console.error(`There is no target ${unknown}; there are ${Object.keys(RUNS).join(", ")}.`);
  process.exit(2);
}

const host = /^host: (.+)$/m.exec(spawnSync("rustc", ["-vV"], { encoding: "utf8" }).stdout)[1];
const folder = "target/fuzz";
run("cargo", ["build", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", folder, "--target", host], { RUSTFLAGS: COVERAGE.join(" ") });
for (const target of targets) {
  const isSearch = values.seconds !== undefined;
  // New inputs go to the first folder, so that `corpus/` has only chosen ones.
  const found = `${folder}/${isSearch ? "found" : "fixed"}/${target}`;
  if (!isSearch) rmSync(`${root}/${found}`, { recursive: true, force: true });
  mkdirSync(`${root}/${found}`, { recursive: true });
  const options = isSearch ? [`-max_total_time=${values.seconds}`] : [`-runs=${RUNS[target]}`, "-seed=1"];
  console.log(`${target}: ${isSearch ? `${values.seconds} seconds` : `${RUNS[target]} inputs`}`);
  const args = [...options, `-artifact_prefix=${folder}/${target}-`, found, `fuzz/corpus/${target}`];
  // What it says meanwhile is of use to those who search.
  const { status, stderr } = spawnSync(`${folder}/${host}/debug/${target}`, args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "inherit", isSearch ? "inherit" : "pipe"] });
  if (status === 0) continue;
  if (stderr) console.error(stderr.slice(-20_000));
  console.error(`The target ${target} failed on an input, which is in ${folder}.`);
  process.exit(1);
}
