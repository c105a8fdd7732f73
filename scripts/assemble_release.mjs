/**
 * Makes the packages to publish of the addons that were built: `node scripts/assemble_release.mjs FOLDER`, with all `*.node` files below FOLDER.
 * Afterwards npm/ has a package for each platform, and package.json names them as optional dependencies. Stops when an addon is missing or
 * unexpected, or is not for the platform of its name.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.cwd();
const napi = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules", "@napi-rs", "cli", "dist", "cli.js");
const [folder] = process.argv.slice(2);
if (folder === undefined) stop("Name the folder that holds the addons.");

run("create-npm-dirs");
const platforms = readdirSync(join(root, "npm")).sort();
const built = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".node")).sort();
const wanted = platforms.map((platform) => `langchain-aws-native.${platform}.node`);
const names = built.map((file) => basename(file)).sort();
if (names.join() !== wanted.join()) stop(`There should be ${wanted.length} addons, ${wanted.join(", ")}, but there are ${names.length}: ${names.join(", ")}.`);
for (const file of built) checkKind(join(folder, file));

run("artifacts", "--output-dir", folder);
run("pre-publish", "--tag-style", "npm", "--skip-optional-publish", "--no-gh-release");

for (const platform of platforms) {
  const place = join(root, "npm", platform);
  if (!existsSync(join(place, `langchain-aws-native.${platform}.node`))) stop(`npm/${platform} has no addon.`);
  for (const file of ["LICENSE", "THIRD-PARTY-LICENSES"]) copyFileSync(join(root, file), join(place, file));
  const description = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  description.files.push("THIRD-PARTY-LICENSES");
  writeFileSync(join(place, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
}
// The main package has no addon: npm installs the one for each platform.
for (const file of readdirSync(root).filter((name) => name.endsWith(".node"))) rmSync(join(root, file));
const { optionalDependencies = {}, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const named = Object.entries(optionalDependencies).filter(([name, range]) => name.startsWith("langchain-aws-native-") && range === version);
if (named.length !== platforms.length) stop(`package.json names ${named.length} platform packages of version ${version}, not ${platforms.length}.`);
console.log(`${platforms.length} platform packages of version ${version} are in npm/.`);

/** The format by the first bytes of a file, ELF, Mach-O or PE, and its processor. */
function checkKind(file) {
  const [system, arch] = basename(file).split(".")[1].split("-");
  const bytes = readFileSync(file);
  const machine = { linux: elf, darwin: machO, win32: pe }[system](bytes);
  if (machine !== arch) stop(`${file} is no addon for ${system} ${arch}.`);
}

function elf(bytes) {
  if (bytes.subarray(0, 4).toString("latin1") !== "\x7fELF") return undefined;
  return { 0x3e: "x64", 0xb7: "arm64" }[bytes.readUInt16LE(18)];
}

function machO(bytes) {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== 0xfeedfacf) return undefined;
  return { 0x01000007: "x64", 0x0100000c: "arm64" }[bytes.readUInt32LE(4)];
}

function pe(bytes) {
  if (bytes.subarray(0, 2).toString("latin1") !== "MZ") return undefined;
  return { 0x8664: "x64", 0xaa64: "arm64" }[bytes.readUInt16LE(bytes.readUInt32LE(0x3c) + 4)];
}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [napi, ...args], { cwd: root, encoding: "utf8" });
  if (status !== 0) stop(`This failed: napi ${args.join(" ")}\n${stdout}${stderr}`);
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
