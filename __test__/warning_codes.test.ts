/** Every code that a warning can have is explained in docs/models.md, docs/history.md, docs/guardrails.md or docs/availability.md, and no other. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

function sourcesIn(folder: string, extension: string): { file: string; code: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension))
    .map((file) => ({ file: join(folder, file), code: readFileSync(join(root, folder, file), "utf8").split("#[cfg(test)]")[0] ?? "" }));
}

const CODE = /"([a-z]+(?:_[a-z]+)+)"/g;
const codesOf = (text: string): string[] => [...text.matchAll(CODE)].map(([, code]) => code ?? "");

/** The text of the first argument of each call of `scope.change` and `scope.change_once`. */
function firstArguments(code: string): string[] {
  return [...code.matchAll(/\.(?:change|change_once|note)\(/g)].map(({ index, 0: call }) => {
    let depth = 0;
    const start = index + call.length;
    for (let end = start; end < code.length; end++) {
      const character = code[end] ?? "";
      if ("({[".includes(character)) depth++;
      if (")}]".includes(character)) depth--;
      if (depth < 0 || (depth === 0 && character === ",")) return code.slice(start, end).trim();
    }
    return code.slice(start);
  });
}

/** The codes of an argument: a literal, several, a constant of the file, or what a function of the file returns. */
function resolve(argument: string, code: string): string[] {
  const name = /^(\w+)(?:\(|$)/.exec(argument)?.[1];
  if (name === undefined) return codesOf(argument);
  const constant = new RegExp(`const ${name}: &str = ("\\w+");`).exec(code)?.[1];
  const body = new RegExp(`^fn ${name}\\([^]*?^}`, "m").exec(code)?.[0];
  return codesOf(constant ?? body ?? argument);
}

/** The codes of structs: of a warning, and of a kind of change. */
const ofStructs = [...sourcesIn("src/client", ".rs"), ...sourcesIn("src/convert", ".rs")].flatMap(({ code }) => [...code.matchAll(/\bcode: "([a-z_]+)"/g)].map(([, found]) => found ?? ""));
/** Those of changes that are not the conversion's. */
const ofTypeScript = sourcesIn("langchain", ".ts").flatMap(({ code }) => [...code.matchAll(/\bcode: "([a-z]+_[a-z_]+)"/g)].map(([, found]) => found ?? ""));
const ofRust = sourcesIn("src/convert", ".rs").flatMap(({ file, code }) => firstArguments(code).map((argument) => ({ file, argument, codes: resolve(argument, code) })));
const codes = [...new Set([...ofRust.flatMap((change) => change.codes), ...ofStructs, ...ofTypeScript])].sort();

test("every change that the sources report has a code that can be read here", () => {
  // `change_once` calls `change` with its own parameter; a struct's code is read where the struct is made.
  const unread = ofRust.filter((change) => change.codes.length === 0 && !/^(?:\w+\.)?code$/.test(change.argument));
  expect(unread).toEqual([]);
  expect(ofStructs).toEqual(expect.arrayContaining(["cache_prefix_changed", "answer_not_streamed", "tool_calls_separated"]));
  expect(codes).toEqual(expect.arrayContaining(["sampling_left_out", "cache_point_left_out", "documents_too_many", "tool_result_video_moved", "tool_call_taken_out"]));
});

test("the tables of the docs have each code once, and no code that there is not", () => {
  const pages = ["docs/models.md", "docs/history.md", "docs/guardrails.md", "docs/availability.md"].map((page) => readFileSync(join(root, page), "utf8"));
  const cells = pages.flatMap((page) => [...page.matchAll(/^\|.*\| ((?:`[a-z]+(?:_[a-z]+)+`(?:, )?)+) \|$/gm)].map(([, cell]) => cell ?? ""));
  const documented = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code ?? ""));
  expect([...new Set(documented)].sort()).toEqual(codes);
});

test("docs/models.md explains every fact", () => {
  const facts = [...readFileSync(join(root, "src/models/facts.rs"), "utf8").matchAll(/^ {4}pub(?:\(crate\))? (\w+): Option/gm)].map(([, name]) => (name ?? "").replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
  const page = readFileSync(join(root, "docs/models.md"), "utf8");
  expect(facts.length).toBeGreaterThan(40);
  expect(facts.filter((fact) => !page.includes(`\`${fact}\``))).toEqual([]);
});
