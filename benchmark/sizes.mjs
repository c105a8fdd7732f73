import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addonFile } from "./machine.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MEGABYTE = 1024 * 1024;

/** What `npm install` puts on the disk for each package, without `@langchain/core`, which every LangChain application has. */
export async function installedSizes() {
  const closure = dependenciesOf("@langchain/aws", root);
  const peer = [...closure].reduce((sum, folder) => sum + sizeOf(folder), 0);
  return { ours: { megabytes: ownSize() / MEGABYTE, packages: 1 }, peer: { megabytes: peer / MEGABYTE, packages: closure.size } };
}

/** The files that npm would pack, with the addon that is measured in the place of the one that lies there. */
function ownSize() {
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  return files.filter(({ path }) => !path.endsWith(".node")).reduce((sum, { size }) => sum + size, statSync(addonFile()).size);
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

/** Without packages inside it, which are counted by themselves. */
function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? sum : sum + sizeOf(path);
    return sum + statSync(path).size;
  }, 0);
}
