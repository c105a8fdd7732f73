/**
 * Writes src/models/table.json, what is known of models, from the facts that were taken from public packages (scripts/models/facts, see
 * take_facts.py), the rules that are kept by hand (scripts/models/rules.json), and the decisions between them (scripts/models/decisions.json).
 * Prints each conflict and how it was settled; fails when one is not. `--check` writes nothing, and fails when the table is not up to date too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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
  const list = rules.map((rule) => JSON.stringify(rule));
  return `{"sources":${JSON.stringify(sources)},\n"rules":[\n${list.join(",\n")}\n],\n"models":{\n${rows.join(",\n")}\n}}\n`;
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
    return missing.map((member) => `${name} has no ${member}`);
  });
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
const text = textOf(rules, models, sourcesOf(facts, decisions.sources));
const found = [...problemsOfRules(rules), ...problems];

if (!isCheck) print(conflicts);
if (isCheck && found.length === 0 && readFileSync(TABLE, "utf8") !== text) found.push("src/models/table.json is not up to date. Run: node scripts/models.mjs");
for (const problem of found) console.error(problem);
if (found.length > 0) process.exitCode = 1;
else if (!isCheck) writeFileSync(TABLE, text);
