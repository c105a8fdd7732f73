import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addonFile } from "./machine.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MEGABYTE = 1024 * 1024;
const BLOCK = 4096;

/** The disk space that `npm install` needs for each package, without `@langchain/core`, which every LangChain application has. */
export async function installedSizes() {
  return { ours: { ...sizesOf(ownFiles()), packages: 2 }, peer: peerSizes() };
}

/** In a folder of its own, as in an application: packages that this checkout develops with may be there in other versions, so that copies are added. */
function peerSizes() {
  const folder = mkdtempSync(join(tmpdir(), "sizes-"));
  try {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const dependencies = Object.fromEntries(["@langchain/aws", "@langchain/core"].map((name) => [name, devDependencies[name]]));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"], { cwd: folder, stdio: "ignore" });
    const closure = dependenciesOf("@langchain/aws", folder);
    return { ...sizesOf([...closure].flatMap((folder) => filesIn(folder))), packages: closure.size };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The size of the contents, and of their blocks of 4 KB, so that many small files take more. */
function sizesOf(files) {
  const stats = files.map((file) => statSync(file));
  const sum = (measure) => stats.reduce((total, stat) => total + measure(stat), 0) / MEGABYTE;
  return { contents: sum(({ size }) => size), disk: sum(({ size }) => Math.ceil(size / BLOCK) * BLOCK) };
}

/** The files that npm would pack, and the addon, which is a separate package for each platform. */
function ownFiles() {
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  return [...files.map(({ path }) => join(root, path)).filter((path) => !path.endsWith(".node")), addonFile()];
}

/** The folders of a package and of all it depends on, found as Node.js would. */
function dependenciesOf(name, from, found = new Set()) {
  const folder = folderOf(name, from);
  if (folder === undefined || found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const dependency of Object.keys(dependencies)) dependenciesOf(dependency, folder, found);
  return found;
}

function folderOf(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

/** Without packages inside it, which are counted separately. */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesIn(path);
    return [path];
  });
}
