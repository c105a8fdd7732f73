/** Installs, builds the addon and builds the package, each only when its inputs have changed. No dependencies: it runs before any is installed. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;

/**
 * Everything that `npm start` and `npm test` need. The kind of an addon is `dev`, `release`, or one of `build_for_release.mjs`, which has options for cargo
 * and flags for the compiler.
 */
export function prepare({ kind = process.env.ADDON_PROFILE ?? "release", cargo = [], rustFlags = [] } = {}) {
  requireNode();
  step("install", { inputs: ["package.json"], outputs: ["node_modules/@langchain/core"], work: install });
  const sources = [".cargo", "Cargo.toml", "Cargo.lock", "build.rs", "src"];
  step("addon", { inputs: sources, outputs: ["native.d.cts"], work: () => buildAddon(kind, cargo, rustFlags), kind, as: kind === "release" ? [PROFILE_GUIDED] : [] });
  const scripts = ["package.json", "tsconfig.json", "tsdown.config.ts", "langchain", "testing", "opentelemetry", "cli"];
  step("package", { inputs: scripts, outputs: ["dist/index.js", "dist/cli.js", "index.d.ts"], work: buildPackage });
}

/** The kind of the addon that is released. It serves wherever one of kind `release` does. */
export const PROFILE_GUIDED = "profile-guided release";

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE) stop(`Node.js ${OLDEST_NODE} or later is needed; this is ${process.version}. See https://nodejs.org.`);
}

/** Releases put a lock file here, so that what makes them is what was checked; `.npmrc` says why there is none otherwise. */
function install() {
  const command = existsSync(join(root, "package-lock.json")) ? ["ci", "--package-lock=true"] : ["install"];
  run("npm", [...command, "--no-audit", "--no-fund", "--loglevel", "error"]);
}

function buildAddon(kind, cargo, rustFlags) {
  requireRust();
  requireCompiler();
  requireMake();
  console.log(`Building the addon (${kind}). The first build compiles the AWS SDK and takes some minutes.`);
  const options = ["--platform", ...(kind === "dev" ? [] : ["--release"]), "--no-js", "--dts", "native.d.cts", ...cargo];
  // Cargo.lock may change while one develops, not in CI.
  const locked = process.env.CI ? ["--", "--locked"] : [];
  run("npx", ["--no-install", "napi", "build", ...options, ...locked], withRustFlags(rustFlags));
}

/** Encoded, because a path in a flag may have spaces. Cargo then reads no others, so those of the environment are repeated. */
function withRustFlags(flags) {
  if (flags.length === 0) return {};
  const given = (process.env.RUSTFLAGS ?? "").split(" ").filter((flag) => flag !== "");
  return { CARGO_ENCODED_RUSTFLAGS: [...given, ...flags].join("\x1f") };
}

function buildPackage() {
  run("npx", ["--no-install", "tsdown", "--log-level", "warn"]);
  for (const file of ["dist/index.d.ts", "dist/index.d.cts"]) letBeMissing(join(root, file));
  writeFileSync(join(root, "index.d.ts"), readFileSync(join(root, "dist/index.d.ts")));
  for (const [file, main] of [["batch.js", "./index.js"], ["batch.cjs", "./index.cjs"], ["batch.d.ts", "../index.js"], ["batch.d.cts", "./index.cjs"]]) importMain(join(root, "dist", file), main);
  wrapTesting();
}

/** An entry finds the main one beside itself, whatever name the package is installed under. */
function importMain(file, main) {
  writeFileSync(file, readFileSync(file, "utf8").replace(/\b(from |require\()"langchain-aws-native"/g, `$1"${main}"`));
}

/** The entry for tests as an ES module is a view of the CommonJS one: it needs nothing of the application's module kind, and a second copy would be 170 KB. */
function wrapTesting() {
  const names = Object.keys(createRequire(import.meta.url)(join(root, "dist/testing.cjs")));
  writeFileSync(join(root, "dist/testing.js"), `import testing from "./testing.cjs";\nexport const { ${names.join(", ")} } = testing;\n`);
}

/** AWS's packages are optional. The bundler of the declarations drops the comment that says so to TypeScript. */
function letBeMissing(file) {
  const comment = "// @ts-ignore: Where the package is not installed, its types are `any`.";
  writeFileSync(file, readFileSync(file, "utf8").replace(/^import .* from "@aws-sdk\/[\w-]+";$/gm, `${comment}\n$&`));
}

function requireRust() {
  const wanted = /^rust-version = "(.+)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
  const found = /^cargo (\d+\.\d+\.\d+)/.exec(output("cargo", ["--version"]) ?? "")?.[1];
  if (found === undefined) stop(`Rust is needed to build the addon, and there is no cargo on the PATH. Install Rust ${wanted} or later from https://rustup.rs.`);
  if (isOlder(found, wanted)) stop(`Rust ${wanted} or later is needed to build the addon; this is ${found}. Run: rustup update stable`);
}

function requireCompiler() {
  if (process.platform === "win32" || process.env.CC) return;
  if (["cc", "gcc", "clang"].every((compiler) => output(compiler, ["--version"]) === undefined)) {
    stop("A C compiler is needed to build the addon. Install one: apt-get install gcc libc6-dev, dnf install gcc, or xcode-select --install.");
  }
}

/** For the allocator, which is built on Linux with glibc only. */
function requireMake() {
  const isGlibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  if (isGlibc && output("make", ["--version"]) === undefined) stop("make is needed to build the addon. Install it: apt-get install make or dnf install make.");
}

function isOlder(version, other) {
  const [left, right] = [version, other].map((text) => text.split(".").map(Number));
  const different = left.findIndex((part, place) => part !== right[place]);
  return different !== -1 && left[different] < right[different];
}

/** Runs `work` unless it has run on the same inputs before, for the same kind or one that serves `as` well, and its outputs are there. */
function step(name, { inputs, outputs, work, kind = "", as = [] }) {
  const stamp = join(root, ".build", name);
  const before = hash(inputs);
  const done = existsSync(stamp) ? readFileSync(stamp, "utf8") : undefined;
  const isDone = [kind, ...as].some((kind) => done === before + kind);
  if (isDone && outputs.every((file) => existsSync(join(root, file)))) return;
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  // The installation may change what it was made from.
  writeFileSync(stamp, (name === "install" ? hash(inputs) : before) + kind);
}

function hash(paths) {
  const digest = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of paths.flatMap((path) => filesIn(join(root, path)))) digest.update(file).update(readFileSync(file));
  return digest.digest("hex");
}

function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().flatMap((name) => filesIn(join(path, name)));
}

export function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", shell: process.platform === "win32" });
  return status === 0 ? stdout : undefined;
}

/** Runs a command in the project's folder, and ends with its code if it fails. */
export function run(command, args, environment = {}) {
  const options = { cwd: root, stdio: "inherit", shell: process.platform === "win32", env: { ...process.env, ...environment } };
  const { status, error } = spawnSync(command, args, options);
  if (error) stop(`${command} could not be run: ${error.message}`);
  if (status !== 0) stop(`This failed: ${command} ${args.join(" ")}`, status ?? 1);
}

export function stop(sentence, code = 1) {
  console.error(sentence);
  process.exit(code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
