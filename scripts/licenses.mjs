/**
 * Writes THIRD-PARTY-LICENSES: the licences of the crates that are linked into the addon, of all platforms, and of the works that the table of models
 * was made from. `--check` fails when it is not up to date, and `--sbom FILE` writes the crates as CycloneDX instead.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./build.mjs";

const FILE = join(root, "THIRD-PARTY-LICENSES");
/** What src/models/table.json was made from. Changes with the sources of scripts/models/facts. */
const DATA_NOTICES = join(root, "scripts/models/notices.txt");
const LICENCE_FILE = /^(?:licen[cs]e|copying|copyright|notice|unlicense)/i;

const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--format-version", "1", "--locked"], { cwd: root, encoding: "utf8", maxBuffer: 1e9 }),
);

/** The linked packages: dependencies at run time, without those for build and test. */
function linkedPackages() {
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const packages = new Map(metadata.packages.map((it) => [it.id, it]));
  const isMacro = (id) => packages.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
  const found = new Set();
  const visit = (id) => {
    if (found.has(id)) return;
    found.add(id);
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      if (kinds.some(({ kind }) => kind === null) && !isMacro(pkg)) visit(pkg);
    }
  };
  visit(metadata.resolve.root);
  found.delete(metadata.resolve.root);
  return [...found].map((id) => packages.get(id)).sort((left, right) => compare(left.name, right.name) || compare(left.version, right.version));
}

function compare(left, right) {
  return left < right ? -1 : Number(left > right);
}

/** Where crates have the licences of other works that they hold. */
const VENDORED = { "tikv-jemalloc-sys": ["jemalloc"] };

function licenceFiles({ name, manifest_path: manifest }) {
  const folders = ["", ...(VENDORED[name] ?? [])].map((folder) => join(dirname(manifest), folder));
  return folders.flatMap(licenceFilesIn);
}

function licenceFilesIn(folder) {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name));
  return files.map((file) => readFileSync(join(folder, file.name), "utf8").replaceAll("\r", "").trim());
}

/** Of a package under "MIT OR Apache-2.0" without the text of Apache's licence, which is long: that of MIT's is chosen. */
function chosen({ license }, texts) {
  const isChoice = /\bMIT\b/.test(license ?? "") && /\bOR\b|\//.test(license) && texts.some((text) => /Permission is hereby granted, free of charge/.test(text) && !isApache(text));
  return isChoice ? texts.filter((text) => !isApache(text)) : texts;
}

function isApache(text) {
  return /^\s*Apache License\s+Version 2\.0/.test(text);
}

/** Where the licence begins that follows a title and notices of copyright: MIT's, which asks for both to be kept. */
const PERMISSION = /^Permission is hereby granted, free of charge/m;
const TITLE = /^\s*(?:the )?mit license(?: \(mit\))?\s*$/i;

/** The notices above a licence, and the licence. */
function split(text) {
  const start = text.search(PERMISSION);
  if (start === -1) return { notice: "", licence: text };
  const notice = text.slice(0, start).split("\n").filter((line) => line.trim() !== "" && !TITLE.test(line));
  return { notice: notice.map((line) => line.trim()).join("\n"), licence: text.slice(start) };
}

/** Each licence with its notices, and those with their packages. Licences that differ only in white space are one. */
function licencesOf(packages) {
  const licences = new Map();
  for (const it of packages) {
    for (const text of chosen(it, licenceFiles(it))) {
      const { notice, licence } = split(text);
      const key = licence.replace(/\s+/g, " ");
      const entry = licences.get(key) ?? { licence, notices: new Map() };
      entry.notices.set(notice, (entry.notices.get(notice) ?? new Set()).add(label(it)));
      licences.set(key, entry);
    }
  }
  return [...licences.values()];
}

function noticeText([notice, of]) {
  const names = wrap([...of].map((it, index) => it + (index < of.size - 1 ? ", " : ":")));
  return notice === "" ? names : `${names}\n${notice}`;
}

function cycloneDx(packages) {
  const { name, version } = metadata.packages.find(({ id }) => id === metadata.resolve.root);
  const components = packages.map((it) => ({
    type: "library",
    name: it.name,
    version: it.version,
    purl: `pkg:cargo/${it.name}@${it.version}`,
    licenses: [{ expression: (it.license ?? "NOASSERTION").replaceAll(/ ?\/ ?/g, " OR ") }],
  }));
  const component = { type: "library", name, version, purl: `pkg:npm/${name}@${version}` };
  return { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata: { component }, components };
}

function label({ name, version }) {
  return `${name} ${version}`;
}

function wrap(words, width = 120) {
  const lines = [""];
  for (const word of words) {
    if (lines.at(-1).length + word.length > width) lines.push("");
    lines[lines.length - 1] += word;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

const packages = linkedPackages();
const unlicensed = packages.filter(({ license, license_file: file }) => !license && !file);
if (unlicensed.length > 0) {
  console.error(`No licence is known of ${unlicensed.map(label).join(", ")}.`);
  process.exit(1);
}
const sbom = process.argv.indexOf("--sbom");
if (sbom !== -1) {
  writeFileSync(process.argv[sbom + 1], `${JSON.stringify(cycloneDx(packages), null, 2)}\n`);
  process.exit();
}
const rule = "-".repeat(120);
const list = packages.map((it) => `${label(it)}: ${it.license ?? `see ${it.license_file}`}${it.repository ? ` (${it.repository})` : ""}`);
const texts = licencesOf(packages).map(({ licence, notices }) => `${rule}\n${[...notices].map(noticeText).join("\n\n")}\n\n${licence}\n`);
const whole = `The addon of langchain-aws-native holds these ${packages.length} crates, under the licences of their own that follow; of those that can be used under\neither the MIT or the Apache licence, the MIT licence was chosen. Written by scripts/licenses.mjs.\n\n${list.join("\n")}\n\n${texts.join("\n")}${rule}\n${readFileSync(DATA_NOTICES, "utf8")}`;

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, whole);
} else if (readFileSync(FILE, "utf8") !== whole) {
  console.error("THIRD-PARTY-LICENSES is not up to date. Run: node scripts/licenses.mjs");
  process.exit(1);
}
