/**
 * Checks that the modules of the Rust core import only downwards: a layer uses only those below it, and no two modules import each other, directly
 * or through others. (oxlint checks the same of the TypeScript sources; for Rust there is no tool that runs without building it first.)
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));
const src = join(root, "src");

/** Folders from top to bottom. Each list is ordered among itself; folders that are not listed may use each other, without a cycle. */
const LAYERS = [
  ["binding", "client", "convert", "models"],
  ["client/conversation.rs", "client/operations", "client/config", "client/network"],
  ["convert/stream", "convert/response", "convert/json"],
  ["convert/history.rs", "convert/response", "convert/json"],
  ["convert/history.rs", "convert/request"],
  ["convert/request", "convert/json"],
];
/** Crates that only one folder may name, by the start of a path. */
const CRATES = [
  { crate: /\bnapi(_derive)?::|#\[napi/, folder: "binding" },
  { crate: /\btokio(_util)?::/, folder: "client", also: ["binding"] },
  { crate: /\bstd::(env|fs|net|time)\b/, folder: "client", also: ["binding"] },
];

/** One `use` of a module by another. */
const imports = rustFiles(src).flatMap(importsOf);
const problems = [...imports.filter((edge) => goesUp(edge)).map((edge) => `${edge.at}: ${edge.from} may not import ${edge.to}, which is above it`), ...crateProblems(), ...cycles()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);

function rustFiles(folder) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return rustFiles(path);
    return name.endsWith(".rs") ? [path] : [];
  });
}

/** The modules that a file names, each with the line. `mod.rs` only declares and re-exports, so its edges to its children count as theirs. */
function importsOf(path) {
  const from = relative(src, path);
  const edges = [];
  for (const { text, line } of statements(readFileSync(path, "utf8"))) {
    for (const segments of expand(text)) {
      const to = resolve(segments, path);
      if (to !== undefined && to !== from) edges.push({ from, to, at: `src/${from}:${line}` });
    }
  }
  return edges;
}

/** `use` declarations with the line on which they begin, and paths of the crate in other code; without comments and test modules. */
function statements(source) {
  const code = source.split("#[cfg(test)]")[0].replace(/\/\/.*$/gm, "").replace(/pub\(in [\w:]+\)/g, "pub");
  const found = [];
  for (const match of code.matchAll(/^\s*(?:pub(?:\([\w\s:]+\))? )?use ([^;]+);|\b(crate::[\w:]+)/gm)) {
    found.push({ text: (match[1] ?? match[2]).replace(/\s+/g, ""), line: code.slice(0, match.index + match[0].search(/\S/)).split("\n").length });
  }
  return found;
}

/** `a::{b, c::d}` as a list of paths, each a list of names. */
function expand(text) {
  const open = text.indexOf("{");
  if (open === -1) return [text.split(" as ")[0].split("::")];
  const prefix = text.slice(0, open).split("::").filter(Boolean);
  return splitTopLevel(text.slice(open + 1, text.lastIndexOf("}"))).flatMap((part) => expand(part).map((path) => [...prefix, ...path]));
}

function splitTopLevel(list) {
  const parts = [""];
  let depth = 0;
  for (const char of list) {
    depth += char === "{" ? 1 : char === "}" ? -1 : 0;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.filter(Boolean);
}

/** The file of the module that a path leads to; `undefined` for other crates. */
function resolve(segments, path) {
  const isRoot = /(?:mod|lib)\.rs$/.test(path);
  let folder;
  const [first, ...rest] = segments;
  let names = rest;
  if (first === "crate") folder = src;
  else if (first === "self") folder = isRoot ? dirname(path) : path.replace(/\.rs$/, "");
  else if (first === "super") folder = isRoot ? dirname(dirname(path)) : dirname(path);
  else return undefined;
  while (names[0] === "super") {
    folder = dirname(folder);
    names = names.slice(1);
  }
  let file = moduleFile(folder);
  for (const name of names) {
    const next = moduleFile(join(folder, name));
    if (next === undefined) break;
    folder = join(folder, name);
    file = next;
  }
  return file && relative(src, file);
}

function moduleFile(folder) {
  return [`${folder}.rs`, join(folder, "mod.rs"), join(folder, "lib.rs")].find((file) => existsSync(file));
}

function goesUp({ from, to }) {
  return LAYERS.some((layers) => {
    const [upper, lower] = [layerOf(to, layers), layerOf(from, layers)];
    return upper !== -1 && lower !== -1 && upper < lower;
  });
}

function layerOf(file, layers) {
  return layers.findIndex((layer) => file === layer || file.startsWith(`${layer}/`));
}

function crateProblems() {
  return rustFiles(src).flatMap((path) => {
    const file = relative(src, path);
    const lines = readFileSync(path, "utf8").split("#[cfg(test)]")[0].split("\n");
    return CRATES.filter(({ folder, also = [] }) => ![folder, ...also].some((name) => file.startsWith(`${name}/`))).flatMap(({ crate, folder }) =>
      lines.flatMap((line, index) => (crate.test(line.replace(/\/\/.*$/, "")) ? [`src/${file}:${index + 1}: only src/${folder} may use this: ${line.trim()}`] : [])),
    );
  });
}

/** Each cycle once, with the line of the import that closes it. */
function cycles() {
  const edgesOf = new Map();
  for (const edge of imports) edgesOf.set(edge.from, [...(edgesOf.get(edge.from) ?? []), edge]);
  const done = new Set();
  const found = [];
  const visit = (file, path) => {
    if (done.has(file)) return;
    for (const edge of edgesOf.get(file) ?? []) {
      const start = path.indexOf(edge.to);
      if (start !== -1) found.push(`${edge.at}: a cycle of imports: ${[...path.slice(start), edge.to].join(" → ")}`);
      else visit(edge.to, [...path, edge.to]);
    }
    done.add(file);
  };
  for (const file of edgesOf.keys()) visit(file, [file]);
  return found;
}
