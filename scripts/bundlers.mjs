/**
 * Installs the packed tarball under the name of `@langchain/aws` with each package manager, builds an application with each bundler as
 * docs/install.md says, and runs one call: `node scripts/bundlers.mjs [NAME...]`. All of them come from npm. Needs a build.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { core, execute, npm, pack, printedBy, root, start, stop } from "./packed.mjs";

const EXPECTED = "You said: Hello";
const SOURCES = join(root, "__test__/package/bundled");

/** Each installs, builds and runs in a folder of its own; it gives what the call printed. */
const WAYS = {
  npm: (app) => (npm(app, "install"), node(app, "app.mjs")),
  pnpm: (app) => (execute(app, "npx", ["--yes", "pnpm@10", "install", "--silent"]), node(app, "app.mjs")),
  Yarn(app) {
    // Without a lock file it would take the one of a folder above.
    writeFileSync(join(app, "yarn.lock"), "");
    execute(app, "npx", ["--yes", "@yarnpkg/cli-dist@4", "install", "--no-immutable"]);
    return printedBy(app, "npx", ["--yes", "@yarnpkg/cli-dist@4", "node", "app.mjs"], environment);
  },
  esbuild: (app) => build(app, ["esbuild@0"], "esbuild.mjs", "out/app.mjs"),
  webpack: (app) => build(app, ["webpack@5"], "webpack.mjs", "out/app.mjs"),
  Rollup: (app) => build(app, ["rollup@4", "@rollup/plugin-node-resolve@16"], "rollup.mjs", "out/app.mjs"),
  Vite: (app) => build(app, ["vite@7"], "vite.mjs", "out/app.js"),
  "Next.js"(app) {
    npm(app, "install", "next@16", "react@19", "react-dom@19");
    for (const file of ["app", "next.config.mjs"]) cpSync(join(SOURCES, "next", file), join(app, file), { recursive: true });
    execute(app, "npx", ["--no-install", "next", "build"], { NEXT_TELEMETRY_DISABLED: "1" });
    return askNext(app);
  },
};

const { startBedrock } = await import("langchain-aws-native/testing");
const bedrock = await startBedrock();
const environment = { CONNECTION: JSON.stringify(bedrock.connection) };
const folder = mkdtempSync(join(tmpdir(), "bundlers-"));
const tarball = pack(folder);
const wanted = process.argv.slice(2);
for (const [name, way] of Object.entries(WAYS)) if (wanted.length === 0 || wanted.includes(name)) await check(name, way);
await bedrock.close();
rmSync(folder, { recursive: true });

async function check(name, way) {
  const app = join(folder, name);
  mkdirSync(app);
  const dependencies = { "@langchain/aws": `file:${tarball}`, "@langchain/core": core };
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  cpSync(join(SOURCES, "app.mjs"), join(app, "app.mjs"));
  const printed = await way(app);
  if (printed !== EXPECTED) stop(`${name} printed: ${printed}`);
  console.log(`Works with ${name}.`);
  rmSync(app, { recursive: true });
}

function node(app, file) {
  return printedBy(app, process.execPath, [file], environment);
}

function build(app, packages, script, built) {
  npm(app, "install", ...packages);
  cpSync(join(SOURCES, script), join(app, script));
  execute(app, process.execPath, [script]);
  return node(app, built);
}

/** What the page of a running server says. */
async function askNext(app) {
  const server = start(app, process.execPath, ["node_modules/next/dist/bin/next", "start", "--port", "0"], { NEXT_TELEMETRY_DISABLED: "1", ...environment });
  try {
    const address = await new Promise((resolve, reject) => {
      let printed = "";
      server.stdout.setEncoding("utf8").on("data", (text) => {
        const [url] = /http:\/\/localhost:\d+/.exec((printed += text)) ?? [];
        if (url !== undefined) resolve(url);
      });
      server.once("close", () => reject(new Error(`next start ended: ${printed}`)));
    });
    return await (await fetch(`${address}/ask`)).json();
  } finally {
    server.kill();
  }
}
