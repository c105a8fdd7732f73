import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { transformSync } from "@swc/core";
import { type Bedrock, startBedrock } from "langchain-aws-native/testing";

const root = join(__dirname, "..");
const folder = join(root, ".build", "docs");
const pages = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", ...readdirSync(join(root, "docs")).map((file) => `docs/${file}`)].filter((page) => page.endsWith(".md"));

/** A block of TypeScript of a page. */
interface Block {
  name: string;
  /** With what it continues. */
  source: string;
  /** Why it is not run, after `no-run` in the fence; or because a test runner would run it. */
  notRun: string | undefined;
}

/**
 * The blocks of a page. A fence may say `ts continued` (one program with the block before it) and `ts no-run, because …`. What a line prints
 * stands behind it, as `// → text`.
 */
function blocksOf(page: string): Block[] {
  const fences = [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\b *([^\n]*)\n([^]*?)^```$/gm)];
  const blocks: Block[] = [];
  for (const [index, [, said = "", code = ""]] of fences.entries()) {
    // What is continued runs as part of what continues it.
    const before = said.startsWith("continued") ? (blocks.pop()?.source ?? "") : "";
    const notRun = /no-run.*/.exec(said)?.[0] ?? /from "(?:vitest|@jest\/globals)"|^(?:test|it|describe)\(/m.exec(code)?.[0];
    blocks.push({ name: `${basename(page, ".md").replace(/\W/g, "_")}_${index + 1}`, source: before + code, notRun });
  }
  return blocks;
}

const blocks = pages.flatMap(blocksOf);
let bedrock: Bedrock;

beforeAll(async () => {
  bedrock = await startBedrock();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, source } of blocks) writeFileSync(join(folder, `${name}.ts`), source);
});

afterAll(() => bedrock.close());

test("the TypeScript of README and docs is right", () => {
  const compilerOptions = {
    ...{ isolatedDeclarations: false, declaration: false, noUncheckedIndexedAccess: false, noUnusedLocals: false },
    ...{ moduleDetection: "force", types: ["node", "jest"], verbatimModuleSyntax: false },
  };
  const files = blocks.map(({ name }) => `${name}.ts`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, files, include: [] }));
  const { stdout, status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { cwd: root, encoding: "utf8" });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
}, 60_000);

test.each(blocks.filter(({ notRun }) => notRun === undefined))("$name runs", async ({ name, source }) => {
  const { code } = transformSync(source, { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "es6" } });
  writeFileSync(join(folder, `${name}.mjs`), code);
  const { stdout, stderr, status } = await runToEnd(join(folder, `${name}.mjs`));
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const promised = [...source.matchAll(/\/\/ → (.+)$/gm)].map(([, text]) => text);
  const printed = stdout.split("\n");
  expect(promised.filter((text) => !printed.includes(text ?? ""))).toEqual([]);
}, 30_000);

/** Runs a program that finds the embedded endpoint where it looks for Bedrock. */
function runToEnd(file: string): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const { accessKeyId, secretAccessKey } = bedrock.credentials;
  const aws = { AWS_REGION: bedrock.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  // AWS's client for JavaScript warns of the oldest version of Node.js that we take.
  const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
  const env = { PATH: process.env["PATH"], NO_COLOR: "1", ...quiet, AWS_ENDPOINT_URL: bedrock.url, ...aws } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [file], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => child.once("close", (status) => resolve({ stdout, stderr, status })));
}

test("README.zh-CN.md is in step with README.md", () => {
  // What the benchmark writes is in one of them.
  const read = (page: string): string => readFileSync(join(root, page), "utf8").replace(/<!-- benchmark:start -->[^]*<!-- benchmark:end -->/, "");
  const [english, chinese] = [read("README.md"), read("README.zh-CN.md")];
  const headings = (page: string): string[] => [...page.matchAll(/^(#+) /gm)].map(([, marks]) => marks ?? "");
  const code = (page: string): string[] => [...page.matchAll(/^```[^]*?^```$/gm)].map(([block]) => block.replace(/ *(?:\/\/|#) .*$/gm, ""));
  const links = (page: string): string[] => [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to ?? "").filter((to) => !to.startsWith("README"));
  expect(headings(chinese)).toEqual(headings(english));
  expect(code(chinese)).toEqual(code(english));
  expect(links(chinese)).toEqual(links(english));
});

test("links between pages lead somewhere", () => {
  const dead = pages.flatMap((page) => {
    const links = [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => to ?? "");
    const from = page.startsWith("docs/") ? join(root, "docs") : root;
    return links.filter((to) => !existsSync(join(from, to))).map((to) => `${page}: ${to}`);
  });
  expect(dead).toEqual([]);
});
