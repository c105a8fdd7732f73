/**
 * Writes src/models/table.json, what is known of models, from the facts that were taken from public packages (scripts/models/facts, see
 * take_facts.py), the rules that are kept by hand (scripts/models/rules.json), and the decisions between them (scripts/models/decisions.json).
 * Prints each conflict and how it was settled; fails when one is not. `--check` writes nothing, and fails when the table is not up to date too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { problemsOfFacts } from "./models/members.mjs";
import { mergeModels } from "./models/merge.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const TABLE = join(root, "src/models/table.json");
const DATE = /^\d{4}-\d{2}-\d{2}$/;

function read(file) {
  return JSON.parse(readFileSync(join(root, "scripts/models", file), "utf8"));
}

/** Rules and models one a line, so that a diff shows which changed. */
function textOf(rules, models, sources) {
  const rows = Object.entries(models).map(([id, facts]) => `${JSON.stringify(id)}:${JSON.stringify(facts)}`);
  const list = rules.map((rule) => JSON.stringify({ ...rule, source: shortSource(rule.source, Object.keys(sources)) }));
  return `{"sources":${JSON.stringify(sources)},\n"rules":[\n${list.join(",\n")}\n],\n"models":{\n${rows.join(",\n")}\n}}\n`;
}

/** The sources of a rule by name, without what stands where in them: the table is compiled in, and rules.json has the whole. */
function shortSource(source, names) {
  const parts = source.replaceAll(/ \([^()]*\)/g, "").split(", ");
  return [...new Set(parts.map((part) => names.find((name) => part.startsWith(`${name} `) || part === name) ?? part))].join(", ");
}

function sourcesOf(facts, names) {
  const [first, second] = [facts.langchainAws.source, facts.litellm.source];
  const models = `${first.package} ${first.version} (data of models.dev), ${second.package} ${second.version}, taken ${first.taken}`;
  return { models, ...names };
}

function problemsOfRules(rules) {
  return rules.flatMap(({ models, facts, source, date }, index) => {
    const name = `rules.json[${index}] (${models?.join(", ")})`;
    const missing = [!models?.length && "models", !facts && "facts", !source && "source", !DATE.test(date ?? "") && "date"].filter(Boolean);
    return [...missing.map((member) => `${name} has no ${member}`), ...problemsOfFacts(name, facts ?? {})];
  });
}

function problemsOfDecisions({ prefixes, policies, models }) {
  const entries = Object.entries(models).flatMap(([glob, members]) => Object.entries(members).map(([member, entry]) => [`${glob} ${member}`, entry]));
  const all = [["prefixes", prefixes], ...Object.entries(policies), ...entries];
  return all.filter(([, { why }]) => !why).map(([name]) => `decisions.json: ${name} has no why`);
}

function print(conflicts) {
  for (const { base, member, said, value, by } of conflicts) {
    const words = said.map((it) => `${it.source} ${JSON.stringify(it.value)}`).join(", ");
    console.log(`${base}: ${member} ${JSON.stringify(value)} (${by}; ${words})`);
  }
  const counts = new Map();
  for (const { by } of conflicts) counts.set(by, (counts.get(by) ?? 0) + 1);
  console.log(`\n${conflicts.length} conflicts:`);
  for (const [by, count] of [...counts].toSorted(([left], [right]) => (left < right ? -1 : 1))) console.log(`  ${count} settled by ${by}`);
}

const isCheck = process.argv.includes("--check");
const rules = read("rules.json");
const decisions = read("decisions.json");
const facts = { langchainAws: read("facts/langchain-aws.json"), litellm: read("facts/litellm.json") };
const { models, conflicts, problems } = mergeModels({
  rules,
  decisions,
  facts: { langchainAws: facts.langchainAws.models, litellm: facts.litellm.models },
});
const rows = Object.entries(models);
const found = [...problemsOfRules(rules), ...problemsOfDecisions(decisions), ...rows.flatMap(([id, row]) => problemsOfFacts(id, row)), ...problems];

if (!isCheck) print(conflicts);
if (found.length === 0) {
  const text = textOf(rules, models, sourcesOf(facts, decisions.sources));
  if (!isCheck) writeFileSync(TABLE, text);
  else if (readFileSync(TABLE, "utf8") !== text) found.push("src/models/table.json is not up to date. Run: node scripts/models.mjs");
}
for (const problem of found) console.error(problem);
if (found.length > 0) process.exitCode = 1;
