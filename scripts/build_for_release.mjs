/**
 * `npm run build:release`: builds what is released, by profile-guided optimisation. An instrumented addon is built first and makes the calls of
 * `benchmark/training.mjs`; of its profile the compiler makes the addon that stays. It takes twice as long as `npm run build`; docs/performance.md has what it
 * gains. `llvm-profdata` comes with `rustup component add llvm-tools`; `LLVM_PROFDATA` names another one, of the compiler's LLVM or a later one.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { output, prepare, PROFILE_GUIDED, root, run, stop } from "./build.mjs";

const folder = join(root, "target", "profile");
const rawProfiles = join(folder, "raw");

const profdata = profileTool();
const host = /^host: (.+)$/m.exec(output("rustc", ["-vV"]))[1];
// With a target, build scripts and macros are not instrumented. Both builds have it, since the names of functions contain it.
const cargo = ["--target", host];

rmSync(folder, { recursive: true, force: true });
mkdirSync(rawProfiles, { recursive: true });
prepare({ kind: "instrumented", cargo, rustFlags: [`-Cprofile-generate=${rawProfiles}`] });
run(process.execPath, [join("benchmark", "training.mjs")], { LLVM_PROFILE_FILE: join(rawProfiles, "%p-%m.profraw") });
prepare({ kind: PROFILE_GUIDED, cargo, rustFlags: [`-Cprofile-use=${mergedProfile()}`] });

/** The profile of all processes. Its name depends on its content, since cargo builds crates anew for other flags, not for another file of the same name. */
function mergedProfile() {
  const merged = join(folder, "merged.profdata");
  run(profdata, ["merge", "-o", merged, rawProfiles]);
  const named = join(folder, `${createHash("sha256").update(readFileSync(merged)).digest("hex").slice(0, 16)}.profdata`);
  renameSync(merged, named);
  return named;
}

function profileTool() {
  if (process.env.LLVM_PROFDATA) return process.env.LLVM_PROFDATA;
  const libraries = output("rustc", ["--print", "target-libdir"]);
  if (libraries === undefined) stop("Rust is needed to build the addon, and there is no rustc on the PATH. Install it from https://rustup.rs.");
  const tool = join(libraries.trim(), "..", "bin", process.platform === "win32" ? "llvm-profdata.exe" : "llvm-profdata");
  if (!existsSync(tool)) stop("llvm-profdata is needed to build for a release. Install it: rustup component add llvm-tools. Without it, npm run build makes a slower addon.");
  return tool;
}
