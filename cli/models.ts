import { knowledgeOf, knownModels } from "../langchain/request/model_knowledge.js";
import type { Command, Given } from "./command.js";

type Name = "id" | "json";

/** `models`: what is known of models, and from where. */
export const models: Command<Name> = {
  name: "models",
  summary: "The models that are known; with an id, what is known of that model, and from where.",
  details: "Nothing is asked of AWS: the table is a part of the package. An id may have a geo prefix, and may be an ARN that names its model.",
  options: {
    id: { place: "optional", help: "model id, inference profile id or ARN" },
    json: { help: "print JSON" },
  },
  run,
};

async function run({ id, json }: Given<Name>): Promise<void> {
  if (typeof id === "string") process.stdout.write(json ? jsonOf(knowledgeOf(id)) : description(id));
  else process.stdout.write(json ? jsonOf(families()) : list(families()));
}

function jsonOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The ids of each family. */
function families(): Record<string, string[]> {
  const families: Record<string, string[]> = {};
  for (const id of knownModels()) (families[String(knowledgeOf(id).facts["family"])] ??= []).push(id);
  return families;
}

function list(families: Record<string, string[]>): string {
  return Object.entries(families)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([family, ids]) => `${family}\n${ids.map((id) => `  ${id}\n`).join("")}`)
    .join("\n");
}

function description(asked: string): string {
  const { id, facts, sources } = knowledgeOf(asked);
  const rows = Object.entries(facts).map(([name, value]) => [name, JSON.stringify(value), sources[name] ?? ""] as const);
  if (rows.length === 0) return `Nothing is known of ${asked}: what is sent to it is not changed for it.\n`;
  const [names, values] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) as [number, number];
  const lines = rows.map(([name, value, source]) => `  ${name.padEnd(names)}  ${value.padEnd(values)}  ${source}\n`);
  const found = id === null ? "is not in the table; this is known of models with such names" : `is ${id}`;
  return `${asked} ${found}:\n\n${lines.join("")}\ndocs/models.md explains the facts and the sources.\n`;
}
