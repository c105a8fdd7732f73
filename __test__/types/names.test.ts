import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

function exportedNames(file: string): string[] {
  const list = readFileSync(join(root, file), "utf8").match(/export \{([^}]+)\}/)?.[1] ?? "";
  return list.split(",").map((name) => name.replace("type ", "").trim());
}

test("every name of @langchain/aws is here, and is in the type tests", () => {
  const names = exportedNames("node_modules/@langchain/aws/dist/index.d.ts");
  expect(names.length).toBeGreaterThan(10);
  expect(exportedNames("index.d.ts")).toEqual(expect.arrayContaining(names));
  const tested = readFileSync(join(__dirname, "typical.ts"), "utf8");
  expect(names.filter((name) => !tested.includes(name))).toEqual([]);
});

test("docs/migration.md has every export, option and method of @langchain/aws", () => {
  const page = readFileSync(join(root, "docs/migration.md"), "utf8");
  const types = join(root, "node_modules/@langchain/aws/dist");
  const declared = ["chat_models.d.ts", "embeddings.d.ts", "retrievers/bedrock.d.ts", "retrievers/kendra.d.ts"].flatMap((file) =>
    [...readFileSync(join(types, file), "utf8").matchAll(/^  (?:get |protected )?(\w+)(?:\??:|\(|<)/gm)].map(([, name]) => name ?? ""),
  );
  // What LangChain itself asks of a class.
  const names = new Set([...exportedNames("node_modules/@langchain/aws/dist/index.d.ts"), ...declared].filter((name) => !["constructor", "lc_namespace", "source", "title", "excerpt", "document_attributes"].includes(name)));
  expect(names.size).toBeGreaterThan(70);
  expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test("what is written against the types of @langchain/aws compiles against ours", () => {
  const { stdout, status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "__test__/types"], { cwd: root, encoding: "utf8" });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});

test("index.d.ts names no package but LangChain's core, and AWS's, which may be missing", () => {
  const lines = readFileSync(join(root, "index.d.ts"), "utf8").split("\n");
  const imports = lines.flatMap((line, index) => [.../(?:from|import) "([^"]+)"/.exec(line) ?? []].slice(1).map((name) => [name, lines[index - 1]]));
  const others = imports.filter(([name]) => !name?.startsWith("@langchain/core/"));
  const packages = ["@aws-sdk/client-bedrock-agent-runtime", "@aws-sdk/client-bedrock-runtime", "@aws-sdk/client-kendra"];
  expect(others.sort()).toEqual(packages.map((name) => [name, expect.stringMatching(/^\/\/ @ts-ignore: /)]));
});

test("every public name is documented", () => {
  const lines = readFileSync(join(root, "index.d.ts"), "utf8").split("\n");
  const undocumented = exportedNames("index.d.ts").filter((name) => {
    const place = lines.findIndex((line) => new RegExp(`^(?:declare )?(?:abstract )?(?:class|function|interface|type) ${name}\\b`).test(line));
    return !lines[place - 1]?.trim().endsWith("*/");
  });
  expect(undocumented).toEqual([]);
});
