import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { anyBase64, anyName, anyObject, anyText } from "./blocks.js";
import { bytes, type Content } from "./messages.js";

type Json = Record<string, unknown>;

/** A message to be made anew for each package. */
export interface Said {
  by: "system" | "human" | "ai" | "tool";
  content: Content;
  /** Of an AI message. */
  calls?: { id: string; name: string; args: Record<string, unknown> }[];
  /** Of a tool message. */
  id?: string;
  status?: "success" | "error";
}

const sometimes = <Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });

const someText = sometimes(anyText, fc.constantFrom("", " ", "\n\n", "ends in a space "));
const textBlock = someText.map((text): Json => ({ type: "text", text }));
const cachePoint = fc.constantFrom<Json>({ cachePoint: { type: "default" } }, { type: "cache_point", cachePoint: { type: "default", ttl: "1h" } });
const image = anyBase64.chain((data) =>
  fc.constantFrom<Json>(
    { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } },
    { type: "image_url", image_url: `data:image/jpeg;base64,${data}` },
    { type: "image", source_type: "base64", mime_type: "image/webp", data },
    { type: "image", image: { source: { bytes: bytes(data) }, format: "gif" } },
  ),
);
const file = fc
  .tuple(
    sometimes(
      anyName.map((name) => name.replaceAll("_", "-")),
      fc.constantFrom("a.pdf", "", "two  spaces"),
    ),
    anyBase64,
  )
  .chain(([name, data]) =>
    fc.constantFrom<Json>(
      { type: "document", document: { format: "pdf", name, source: { bytes: bytes(data) } } },
      { type: "file", source_type: "base64", mime_type: "application/pdf", data, metadata: { name } },
      { type: "file", source_type: "text", text: data, metadata: { filename: name } },
    ),
  );
const reasoning = fc
  .record({ reasoning: anyText, signature: sometimes<string | undefined>(anyBase64, fc.constant(undefined)) })
  .map(({ reasoning, signature }): Json => ({ type: "reasoning", reasoning, ...(signature === undefined ? {} : { signature }) }));

function list(blocks: fc.Arbitrary<Json>): fc.Arbitrary<Json[]> {
  return sometimes(fc.array(blocks, { minLength: 1, maxLength: 3 }), fc.constant([]));
}

const human: fc.Arbitrary<Said> = fc
  .oneof(someText, list(fc.oneof({ weight: 4, arbitrary: textBlock }, image, file, cachePoint)))
  .map((content) => ({ by: "human", content }));
const system: fc.Arbitrary<Said> = fc
  .oneof(someText, list(fc.oneof({ weight: 4, arbitrary: textBlock }, cachePoint)))
  .map((content) => ({ by: "system", content }));
const aiContent = fc.oneof(someText, list(fc.oneof({ weight: 3, arbitrary: textBlock }, reasoning, cachePoint)));
const ai: fc.Arbitrary<Said> = aiContent.map((content) => ({ by: "ai", content }));
const toolContent = fc.oneof(someText, list(fc.oneof({ weight: 3, arbitrary: textBlock }, image, anyObject)));

/** One for each call. */
const threeOf = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> => fc.array(arbitrary, { minLength: 3, maxLength: 3 });

/** An answer that calls tools, and their results. */
const toolRound: fc.Arbitrary<Said[]> = fc
  .tuple(
    fc.oneof(fc.constant(""), aiContent),
    fc.uniqueArray(sometimes(anyName, fc.constantFrom("call|1", "a.b", "x".repeat(65))), { minLength: 1, maxLength: 3 }),
    sometimes(anyName, fc.constantFrom("files.read", "naïve")),
    threeOf(anyObject),
    threeOf(toolContent),
    sometimes<Said["status"]>(fc.constantFrom(undefined, "success" as const), fc.constant("error" as const)),
  )
  .map(([content, ids, name, args, results, status]) => [
    { by: "ai", content, calls: ids.map((id, index) => ({ id, name, args: args[index] ?? {} })) },
    ...ids.map((id, index): Said => ({ by: "tool", content: results[index] ?? "", id, status })),
  ]);

const round: fc.Arbitrary<Said[]> = fc
  .tuple(fc.oneof(fc.constant([]), toolRound), ai, human)
  .map(([calls, answer, next]) => [...calls, answer, next]);

/** A conversation as applications have them, with here and there something that is not as it should be. */
export const anyHistory: fc.Arbitrary<Said[]> = fc
  .tuple(
    fc.array(system, { maxLength: 1 }),
    human,
    fc.array(round, { maxLength: 2 }),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      toolRound,
      ai.map((last) => [last]),
    ),
    fc.option(fc.nat(9), { freq: 8 }),
  )
  .map(([first, question, rounds, last, lost]) => [...first, question, ...rounds.flat(), ...last].filter((_, index) => index !== lost));

type Mutation = (history: Said[], place: number) => Said[];

/** What happens to histories: messages are trimmed, lost, sent twice, answered late, or by a human instead of a tool. */
const MUTATIONS: Mutation[] = [
  (history, place) => history.filter((_, index) => index !== place),
  (history, place) => history.flatMap((said, index) => (index === place ? [said, said] : [said])),
  (history, place) => [...history.slice(0, place), ...history.slice(place + 1, place + 2), ...history.slice(place, place + 1), ...history.slice(place + 2)],
  (history, place) => [...history.slice(0, place), { by: "human", content: "Wait." }, ...history.slice(place)],
  (history, place) => history.map((said, index) => (index === place && said.by === "tool" ? { ...said, id: "unheard-of" } : said)),
  (history, place) => history.map((said, index) => (index === place && said.calls ? { ...said, calls: said.calls.map((call) => ({ ...call, id: "same" })) } : said)),
  (history, place) => history.map((said, index) => (index === place && said.calls ? { ...said, calls: said.calls.map((call) => ({ ...call, args: [1] as never })) } : said)),
  (history, place) => history.slice(place),
];

/** A conversation to which one to three such things have happened. */
export const poisonedHistory: fc.Arbitrary<Said[]> = fc
  .tuple(anyHistory, fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.nat(12)), { minLength: 1, maxLength: 3 }))
  .map(([history, mutations]) => mutations.reduce((mutated, [mutate, place]) => mutate(mutated, place), history));

export function messageOf({ by, content, calls = [], id = "", status }: Said): BaseMessage {
  const fields = { content: content as string };
  switch (by) {
    case "system":
      return new SystemMessage(fields);
    case "human":
      return new HumanMessage(fields);
    case "tool":
      return new ToolMessage({ ...fields, tool_call_id: id, status });
    case "ai":
      return new AIMessage({
        ...fields,
        tool_calls: calls.map((call) => ({ ...call, type: "tool_call" })),
        response_metadata: { model_provider: "bedrock-converse" },
      });
  }
}

/** The tools that a history calls, as tools of a request. */
export function toolsOf(history: Said[]): object[] {
  const names = new Set(history.flatMap(({ calls = [] }) => calls.map(({ name }) => name)));
  return [...names].map((name) => ({ toolSpec: { name, description: "A tool.", inputSchema: { json: { type: "object" } } } }));
}

/** Whether `@langchain/aws` makes a request of a history that Bedrock accepts; the rows are those of our notes on it. */
export function isPeerRight(history: Said[]): boolean {
  const turns = history.filter(({ by }) => by !== "system");
  const blocks = history.flatMap(({ content }) => content).filter((block) => typeof block === "object") as Json[];
  const texts = [...history.map(({ content }) => content), ...blocks.map(({ type, text }) => (type === "text" ? text : "x"))];
  const isBlank = (text: unknown): boolean => typeof text === "string" && text.trim() === "";
  const rules = {
    "no empty text, but in an answer that calls tools":
      !history.some(({ content, calls }) => isBlank(content) && !(content === "" && calls !== undefined)) &&
      !texts.some((text) => text !== "" && isBlank(text)) &&
      !blocks.some(({ type, text }) => type === "text" && isBlank(text)),
    "no empty list of blocks, nor one of nothing but cache points": history.every(
      ({ content }) => typeof content === "string" || content.some((block) => !("cachePoint" in (block as Json))),
    ),
    "names of documents are legal and differ": areNamesRight(blocks),
    "a document has text beside it": turns.every(({ by, content }) => by !== "human" || hasTextBesideDocuments(content)),
    "a cache point stands behind something that may be cached": history.every(({ content }) => arePointsRight(content)),
    "a human speaks first": turns[0]?.by === "human",
    "a prefill does not end in white space": !/\s$/u.test(lastTextOf(turns.at(-1))),
    "reasoning is signed": blocks.every(({ type, signature }) => type !== "reasoning" || signature !== undefined),
    "ids and names of tools are legal": history.every(({ calls = [] }) => calls.every(({ id, name }) => isLegalName(id) && isLegalName(name))),
    "no tool fails": history.every(({ status }) => status !== "error"),
    "cache points live equally long: of different ones the order can be wrong":
      new Set(blocks.flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : [String((cachePoint as Json).ttl)]))).size < 2,
    "roles alternate, and results follow their calls": areTurnsRight(turns),
  };
  return Object.values(rules).every(Boolean);
}

/** None is first, or right behind reasoning or a document. (Behind a PDF one may stand; the generator's documents are of any kind.) */
function arePointsRight(content: Content): boolean {
  if (typeof content === "string") return true;
  const kinds = (content as Json[]).map((block) => ("cachePoint" in block ? "cachePoint" : String(block["type"])));
  return kinds.every((kind, index) => kind !== "cachePoint" || !["undefined", "reasoning", "document", "file"].includes(String(kinds[index - 1])));
}

function isLegalName(name: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(name);
}

function documentName({ type, document, metadata }: Json): string | undefined {
  if (type === "document") return (document as { name: string }).name;
  const { name, filename } = (metadata ?? {}) as { name?: string; filename?: string };
  return type === "file" ? (name ?? filename) : undefined;
}

function areNamesRight(blocks: Json[]): boolean {
  const names = blocks.map(documentName).filter((name) => name !== undefined);
  return new Set(names).size === names.length && names.every((name) => /^[a-zA-Z0-9()[\]-]+( [a-zA-Z0-9()[\]-]+)*$/.test(name));
}

function hasTextBesideDocuments(content: Content): boolean {
  if (typeof content === "string") return true;
  const blocks = content as Json[];
  return blocks.every((block) => documentName(block) === undefined) || blocks.some(({ type }) => type === "text");
}

function lastTextOf(said: Said | undefined): string {
  if (said?.by !== "ai" || said.calls !== undefined) return "";
  const texts = (typeof said.content === "string" ? [{ type: "text", text: said.content }] : (said.content as Json[])).filter(
    (block) => !("cachePoint" in block),
  );
  return String(texts.at(-1)?.["text"] ?? "");
}

/** Human and AI messages take turns, and after calls come their results and nothing else. */
function areTurnsRight(turns: Said[]): boolean {
  let open: string[] = [];
  let last: Said["by"] | undefined;
  for (const { by, calls = [], id } of turns) {
    if (by === "tool") {
      if (!open.includes(id ?? "")) return false;
      open = open.filter((call) => call !== id);
    } else {
      if (open.length > 0 || (by === "human" && last !== undefined && last !== "ai") || (by === "ai" && last === "ai")) return false;
      open = calls.map((call) => call.id);
    }
    last = by;
  }
  return open.length === 0;
}
