import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyPackage, installApp, installedPackages, pack, root, run } from "./install.js";

const GOOD = "Bonjour. true";
const folders: string[] = [];
let tarball: string;
let app: string;

jest.setTimeout(120_000);

beforeAll(async () => {
  tarball = await pack(await folder());
  app = await installApp(tarball, "langchain-aws-native", ["@langchain/core", "@opentelemetry/api", "zod", "jest", "vitest", "esbuild", "typescript", "@types/node"]);
  folders.push(app);
});

afterAll(() => Promise.all(folders.map((it) => rm(it, { recursive: true }))));

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "package-"));
  folders.push(made);
  return made;
}

const node = (...args: string[]): Promise<string> => run(process.execPath, args, app);

test("holds what a user needs, and nothing else", async () => {
  const files = (await run("tar", ["-tzf", tarball], root)).split("\n").map((path) => path.replace("package/", ""));
  const addon = /^langchain-aws-native\.[\w-]+\.node$/;
  expect(files.filter((file) => addon.test(file))).toHaveLength(1);
  const wanted = [
    ...["LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "THIRD-PARTY-LICENSES", "package.json"],
    ...["addon.cjs", "aws_client.cjs", "index.d.ts"],
    ...["dist/index.js", "dist/index.cjs", "dist/index.d.cts", "dist/cli.js"],
    ...["dist/batch.js", "dist/batch.cjs", "dist/batch.d.ts", "dist/batch.d.cts"],
    ...["dist/opentelemetry.js", "dist/opentelemetry.cjs", "dist/opentelemetry.d.ts", "dist/opentelemetry.d.cts"],
    ...["dist/testing.js", "dist/testing.cjs", "dist/testing.d.ts", "dist/testing.d.cts"],
  ];
  expect(files.filter((file) => !addon.test(file)).sort()).toEqual(wanted.sort());
});

test("publint finds nothing", async () => {
  expect(await run(process.execPath, [join(root, "node_modules/publint/src/cli.js"), "run", tarball, "--strict"], root)).toMatch(/All good!/);
});

test("@arethetypeswrong/cli finds nothing", async () => {
  const report = JSON.parse(await run(process.execPath, [join(root, "node_modules/@arethetypeswrong/cli/dist/index.js"), tarball, "--format", "json"], root)) as { analysis: { problems: unknown[] } };
  expect(report.analysis.problems).toEqual([]);
});

test("as an ES module", async () => expect(await node("esm.mjs")).toBe(GOOD));

test("as CommonJS", async () => expect(await node("commonjs.cjs")).toBe(GOOD));

test("in a worker thread", async () => expect(await node("worker.mjs")).toBe(GOOD));

test("as a command", async () => {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  expect(await run(join(app, "node_modules/.bin/langchain-aws-native"), ["--version"], app)).toBe(version);
  expect(await run(join(app, "node_modules/.bin/langchain-aws-native"), ["doctor", "--help"], app)).toMatch(/^Usage: langchain-aws-native doctor/);
});

describe("in TypeScript", () => {
  test.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
    ["node10", "commonjs"],
  ])("with moduleResolution %s, without the AWS SDK", async (moduleResolution, module) => {
    const flags = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2023,esnext.disposable", "--types", "node", "--esModuleInterop"];
    // LangChain's own types do not pass under the two old ways.
    const ours = moduleResolution === "node16" || moduleResolution === "node10" ? ["--skipLibCheck"] : [];
    await node("node_modules/typescript/bin/tsc", ...flags, ...ours, "--moduleResolution", moduleResolution, "--module", module, "typed.ts");
  });
});

test("where AWS's package is missing, a client of one's own is refused with what to install", async () => {
  const program = `
    const { ChatBedrockConverse } = require("langchain-aws-native");
    const model = new ChatBedrockConverse({ region: "us-east-1", client: { send: async () => ({}) } });
    model.invoke("Hello").catch(({ message, code }) => console.log(code, message));`;
  expect(await node("--eval", program)).toMatch(/^MODULE_NOT_FOUND langchain-aws-native sends by AWS's JavaScript client where .* is not installed\. Run: npm install @aws-sdk\/client-bedrock-runtime$/);
});

test("in Jest", async () => {
  expect(await node("node_modules/jest/bin/jest.js", "--rootDir", app, "--testMatch", "**/in_jest.test.js")).toMatch(/1 passed/);
});

test("in Vitest", async () => {
  expect(await node("node_modules/vitest/vitest.mjs", "run", "in_vitest.test.mjs")).toMatch(/1 passed/);
});

describe("in a bundle of esbuild", () => {
  /** What it warns of. */
  const bundle = (options: object): Promise<string> => {
    const whole = { entryPoints: ["lambda.ts"], bundle: true, platform: "node", target: "node20", ...options };
    return node("--eval", `require("esbuild").buildSync(${JSON.stringify(whole)})`);
  };
  const call = (file: string): string => `import(${JSON.stringify(file)}).then(async ({ handler }) => console.log(await handler()))`;

  test("the whole of it, addon included, needs no node_modules", async () => {
    const outdir = await folder();
    expect(await bundle({ loader: { ".node": "copy" }, outdir })).toBe("");
    expect(await run(process.execPath, ["--eval", call(join(outdir, "lambda.js"))], outdir)).toBe(GOOD);
  });

  test("as an ES module too", async () => {
    const outdir = await folder();
    const js = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
    expect(await bundle({ loader: { ".node": "copy" }, format: "esm", outExtension: { ".js": ".mjs" }, banner: { js }, outdir })).toBe("");
    expect(await run(process.execPath, ["--eval", call(join(outdir, "lambda.mjs"))], outdir)).toBe(GOOD);
  });

  test("with the package left external", async () => {
    expect(await bundle({ external: ["langchain-aws-native", "@langchain/core"], outfile: "external.cjs" })).toBe("");
    expect(await node("--eval", call(join(app, "external.cjs")))).toBe(GOOD);
  });
});

describe("with the lowest @langchain/core of the peer range", () => {
  let lowest: string;
  beforeAll(async () => {
    lowest = await installApp(tarball, "langchain-aws-native", (await installedPackages()).filter((name) => !name.startsWith("@langchain/") && name !== "langchain"));
    folders.push(lowest);
    await copyPackage(lowest, "@langchain/core", "langchain-core-lowest");
  });

  test("it is the lowest", async () => {
    const { peerDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { peerDependencies: Record<string, string> };
    const { version } = JSON.parse(await readFile(join(lowest, "node_modules/@langchain/core/package.json"), "utf8")) as { version: string };
    expect(peerDependencies["@langchain/core"]).toBe(`^${version}`);
  });

  test.each(["esm.mjs", "commonjs.cjs", "worker.mjs", "every_way.mjs"])("%s", async (program) => {
    expect(await run(process.execPath, [program], lowest)).toBe(GOOD);
  });

  test("in TypeScript", async () => {
    const flags = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2022", "--lib", "es2023,esnext.disposable", "--types", "node"];
    await run(process.execPath, ["node_modules/typescript/bin/tsc", ...flags, "--moduleResolution", "nodenext", "--module", "nodenext", "typed.ts"], lowest);
  });
});

describe("where there is no addon that fits, one paragraph says what to do", () => {
  /** The package without its addon, on a system that calls itself `platform`. */
  async function failure(platform: string, addon?: string): Promise<string> {
    const broken = await folder();
    for (const file of ["addon.cjs", "package.json"]) await cp(join(root, file), join(broken, file));
    const name = (await run("tar", ["-tzf", tarball], root)).match(/langchain-aws-native\.[\w-]+\.node/)?.[0] ?? "";
    if (addon !== undefined) await writeFile(join(broken, name), addon);
    const source = `
      Object.defineProperty(process, "platform", { value: ${JSON.stringify(platform)} });
      try { require("./addon.cjs")(); } catch (error) { console.log(error.stack); }`;
    return run(process.execPath, ["--eval", source], broken);
  }

  test("the package of the platform is not installed", async () => {
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    const message = await failure("darwin");
    expect(message).toContain(`the package langchain-aws-native-darwin-${process.arch} is not installed`);
    expect(message).toContain(`Run: npm install --save-optional langchain-aws-native-darwin-${process.arch}@${version}.`);
    expect(message).toContain("npm run build");
    expect(message).not.toContain("\n");
  });

  test("the platform has none", async () => {
    expect(await failure("sunos")).toMatch(/^Error: langchain-aws-native has no prebuilt addon for sunos-\w+; there are addons for linux-x64-gnu, .*npm run build[^\n]*$/);
  });

  test("the addon is damaged", async () => {
    expect(await failure(process.platform, "no addon")).toMatch(/^Error: langchain-aws-native has found its addon for [\w-]+, but cannot load it: [^\n]*remove node_modules and run npm install\.[^\n]*$/);
  });

  test("the platforms it names are those of package.json", async () => {
    const { napi } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { napi: { targets: string[] } };
    const listed = /there are addons for ([^.]+)\./.exec(await failure("sunos"))?.[1]?.split(", ") ?? [];
    expect(listed.map(targetOf).sort()).toEqual([...napi.targets].sort());
  });

  function targetOf(platform: string): string {
    const [system, arch = "", abi] = platform.split("-");
    const cpu = arch === "x64" ? "x86_64" : "aarch64";
    if (system === "linux") return `${cpu}-unknown-linux-${abi}`;
    return system === "darwin" ? `${cpu}-apple-darwin` : `${cpu}-pc-windows-${abi}`;
  }
});

test("under the name of @langchain/aws, LangChain's own ways find it", async () => {
  const others = (await installedPackages()).filter((name) => name !== "@langchain/aws" && name !== "langchain");
  const aliased = await installApp(tarball, "@langchain/aws", others);
  folders.push(aliased);
  await copyPackage(aliased, "langchain");
  const [invoked, agent, byName, dimensions, found, agents] = (await run(process.execPath, ["alias.mjs"], aliased)).split("\n");
  expect(invoked).toBe("Bonjour.");
  expect(agent).toBe("What is the weather in Paris? |  | 18 degrees in Paris | It is mild.");
  expect(byName).toBe("By its name.");
  expect(agents).toMatch(/^Set\(1\) \{ '.+' \}$/);
  expect(dimensions).toBe("1536");
  expect(found).toBe("10");
});
