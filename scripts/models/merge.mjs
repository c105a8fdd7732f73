/** Merges the rules and the facts of the sources, and settles their conflicts by decisions.json. */
import { baseIdOf, baseNameOf, geoPrefixOf, matchesGlob } from "./ids.mjs";
import { comparableFactsOf, factsBySource, ruleFactsOf, same } from "./sources.mjs";

const LIMITS = ["maxInputTokens", "maxOutputTokens"];
/** What a decision gives where nothing is to be said of the model. */
const LEAVE_OUT = "leave-out";

/**
 * The rows of the table, and what was done: `{ models, conflicts, problems }`. A conflict is
 * `{ base, member, said: [{ source, value }], value, by }`; `by` names the policy or the entry that settled it.
 */
export function mergeModels({ rules, decisions, facts }) {
  const bySource = factsBySource(facts, decisions.prefixes.order);
  const state = { decisions, conflicts: [], problems: [], used: new Set() };
  const geographies = geographiesByBase(Object.values(facts).flatMap((models) => Object.keys(models)));
  const models = {};
  for (const base of [...bySource.keys()].toSorted()) {
    const ruleFacts = ruleFactsOf(baseNameOf(base), rules);
    if (ruleFacts.family === undefined) state.problems.push(`${base}: no rule gives it a family`);
    models[base] = withGeographies(rowOf(base, ruleFacts, bySource.get(base), state), geographies.get(base));
  }
  state.problems.push(...unusedDecisions(state));
  return { models, conflicts: state.conflicts, problems: state.problems };
}

/** The prefixes of the inference profiles that any source knows, by base id. */
function geographiesByBase(ids) {
  const byBase = new Map();
  for (const id of ids) {
    const prefix = geoPrefixOf(id).replace(/\.$/, "");
    const base = baseIdOf(id);
    if (prefix !== "") byBase.set(base, new Set([...(byBase.get(base) ?? []), prefix]));
  }
  return byBase;
}

function withGeographies(row, geographies) {
  return geographies === undefined ? row : sortMembers({ ...row, geographies: [...geographies].toSorted() });
}

/** The members in which the model differs from its rules, and its limits. */
function rowOf(base, ruleFacts, sources, state) {
  const comparable = comparableFactsOf(ruleFacts);
  const all = [{ source: "rules", facts: { ...ruleFacts, ...comparable } }, ...sources];
  const members = [...new Set(all.flatMap(({ facts }) => Object.keys(facts)))].filter((member) => sources.some(({ facts }) => member in facts));
  const row = {};
  for (const member of members) {
    const value = settle(base, member, all, state);
    if (value === undefined) continue;
    if (state.decisions.policies[member]?.compareOnly) checkRules(base, member, value, { ...ruleFacts, ...comparable }, state);
    else if (LIMITS.includes(member) || !same(value, ruleFacts[member])) row[member] = value;
  }
  for (const member of LIMITS) if (!(member in row) && member in ruleFacts) row[member] = ruleFacts[member];
  return sortMembers(row);
}

function settle(base, member, all, state) {
  const said = all.filter(({ facts }) => member in facts).map(({ source, facts }) => ({ source, value: facts[member] }));
  const isInnerConflict = all.some(({ differing }) => differing?.includes(member));
  const [first] = said;
  const agreed = said.every(({ value }) => same(value, first.value));
  if (agreed && !isInnerConflict) return first.value;
  const numbers = all.flatMap(({ facts, variants }) => [facts, ...(variants ?? [])]).map((facts) => facts[member]).filter((value) => value !== undefined);
  const decision = entryOf(base, member, state) ?? policyOf(member, said, numbers, state);
  const value = decision === undefined && agreed ? first.value : decision?.value;
  const by = decision?.by ?? (agreed ? "prefixes" : undefined);
  if (by === undefined) state.problems.push(`${base}: ${member} is not settled: ${said.map((it) => `${it.source} ${JSON.stringify(it.value)}`).join(", ")}`);
  else state.conflicts.push({ base, member, said, value, by });
  return value === LEAVE_OUT ? undefined : value;
}

/** The entry of decisions.json for this model. The last that matches counts. */
function entryOf(base, member, state) {
  const globs = Object.keys(state.decisions.models).filter((glob) => matchesGlob(baseNameOf(base), glob) && member in state.decisions.models[glob]);
  const glob = globs.at(-1);
  if (glob === undefined) return undefined;
  for (const it of globs) state.used.add(`models ${it} ${member}`);
  return { value: state.decisions.models[glob][member].value, by: glob };
}

/** A policy takes the first of its steps that has a value: a source, "smallest" or "leave-out". */
function policyOf(member, said, numbers, state) {
  const policy = state.decisions.policies[member];
  if (policy === undefined) return undefined;
  state.used.add(`policies ${member}`);
  for (const step of policy.take) {
    const value = valueOfStep(step, said, numbers);
    if (value !== undefined) return { value, by: `policy ${member}: ${step}` };
  }
  return undefined;
}

function valueOfStep(step, said, numbers) {
  if (step === LEAVE_OUT) return LEAVE_OUT;
  if (step === "smallest") return Math.min(...numbers);
  return said.find(({ source }) => source === step)?.value;
}

/**
 * A member that is only compared stands in the table by the rules alone: they must say what a source knows to be refused, and must not say the
 * opposite of what was settled.
 */
function checkRules(base, member, value, ruleFacts, state) {
  const { rulesMustSay } = state.decisions.policies[member];
  if (member in ruleFacts ? !same(ruleFacts[member], value) : rulesMustSay !== undefined && same(rulesMustSay, value)) {
    state.problems.push(`${base}: a rule must say that ${member} is ${JSON.stringify(value)}`);
  }
}

function unusedDecisions({ decisions, used }) {
  const entries = Object.entries(decisions.models).flatMap(([glob, members]) => Object.keys(members).map((member) => `models ${glob} ${member}`));
  const policies = Object.entries(decisions.policies).filter(([, { compareOnly }]) => !compareOnly).map(([member]) => `policies ${member}`);
  return [...entries, ...policies].filter((it) => !used.has(it)).map((it) => `decisions.json: ${it} settles nothing`);
}

function sortMembers(row) {
  return Object.fromEntries(Object.entries(row).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
