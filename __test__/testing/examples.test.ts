import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installApp, pack, root, run } from "../package/install.js";

jest.setTimeout(120_000);

const folders: string[] = [];
let tarball: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "examples-"));
  folders.push(folder);
  tarball = await pack(folder);
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** The example as a user has it: with the package from its tarball. */
async function install(example: string, packages: string[]): Promise<string> {
  const app = await installApp(tarball, "langchain-aws-native", ["@langchain/core", "typescript", "@types/node", ...packages]);
  folders.push(app);
  await rm(join(app, "package.json"));
  const project = join(app, "project");
  await cp(join(root, "examples", example), project, { recursive: true });
  return project;
}

test("the example project for Jest is green, and typed", async () => {
  const project = await install("testing-jest", ["jest", "@types/jest"]);
  expect(await run(process.execPath, ["../node_modules/jest/bin/jest.js"], project)).toMatch(/Tests: +2 passed, 2 total/);
  expect(await run(process.execPath, ["../node_modules/typescript/bin/tsc", "-p", "."], project)).toBe("");
});

test("the example project for Vitest is green, and typed", async () => {
  const project = await install("testing-vitest", ["vitest", "zod"]);
  expect(await run(process.execPath, ["../node_modules/vitest/vitest.mjs", "run"], project)).toMatch(/Tests +2 passed \(2\)/);
  expect(await run(process.execPath, ["../node_modules/typescript/bin/tsc", "-p", "."], project)).toBe("");
});

test("the command comes with the package", async () => {
  const project = await install("testing-jest", []);
  // What npm puts into .bin on Windows is no program of Node.js.
  const command = process.platform === "win32" ? "langchain-aws-native/dist/cli.js" : ".bin/langchain-aws-native";
  expect(await run(process.execPath, [`../node_modules/${command}`, "--help"], project)).toMatch(/^Usage: langchain-aws-native/);
});
