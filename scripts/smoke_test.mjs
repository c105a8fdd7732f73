/**
 * Installs tarballs in an empty folder, as a user would, and sends a question in each way: `node scripts/smoke_test.mjs TARBALL...`, the package
 * and, if it holds no addon, that of this platform. Needs only Node.js and npm.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tarballs = process.argv.slice(2).map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), "smoke-"));
const core = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).peerDependencies["@langchain/core"];

writeFileSync(join(folder, "package.json"), '{ "private": true }');
run("npm", ["install", "--no-audit", "--no-fund", "--omit=optional", ...tarballs, `@langchain/core@${core}`]);
for (const program of ["esm.mjs", "commonjs.cjs", "worker.mjs"]) {
  cpSync(join(root, "__test__/package/app", program), join(folder, program));
  const printed = run(process.execPath, [program]);
  if (printed !== "Bonjour. true") stop(`${program} printed: ${printed}`);
}
rmSync(folder, { recursive: true });
console.log(`Works on ${process.platform} ${process.arch} with Node.js ${process.version}.`);

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8", shell: command === "npm" && process.platform === "win32" });
  if (status !== 0) stop(`This failed: ${command} ${args.join(" ")}\n${error ?? ""}${stdout}${stderr}`);
  return stdout.trim();
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
