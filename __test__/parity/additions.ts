import type { Outcome } from "./outcome.js";
import type { Group } from "./types.js";

type Json = Record<string, unknown>;

/** A difference that nearly every call shows. It is on purpose, so it is taken out of both sides before they are compared. */
export interface Addition {
  group: Group;
  /** One sentence for users: what is different, and the reason. */
  why: string;
  /** Takes the difference out of what became of a call. */
  remove: (outcome: Outcome) => void;
}

export const ADDITIONS: Addition[] = [
  {
    group: "Answers",
    why: "`response_metadata.model_name` and `.model` name the model, in streams and events too: Bedrock's answer does not, and cost trackers and LangChain look for it there.",
    remove: (outcome) => [...metadataOf(outcome), ...metadataOfEvents(outcome)].forEach(removeModel),
  },
  {
    group: "Answers",
    why: "`response_metadata.warnings` says what was changed in a request that Bedrock would have refused.",
    remove: (outcome) => [...metadataOf(outcome), ...metadataOfEvents(outcome)].forEach((metadata) => delete metadata.warnings),
  },
  {
    group: "Answers",
    why: "`llmOutput.tokenUsage`, which LangChain copies to `response_metadata.tokenUsage`, is there after `invoke` too, for callbacks that count tokens.",
    remove: ({ message, callbacks }) => {
      delete (message?.response_metadata as Json | undefined)?.tokenUsage;
      callbacks?.ends.forEach((end) => delete (end as Json).llmOutput);
    },
  },
  {
    group: "Answers",
    why: "The `text` of a generation, which callbacks and caches get, is the whole text of its message, also where that has several blocks.",
    remove: ({ message, callbacks }) => {
      const end = callbacks?.ends[0] as Json | undefined;
      if (end?.text === "") end.text = textOf(message?.content);
    },
  },
  {
    group: "Streams",
    why: "Streamed messages have Bedrock's request id as their `id`, as those of `invoke` have, so that AWS support can find the request.",
    remove: (outcome) => {
      messagesOf(outcome).forEach((message) => delete message.id);
      outcome.events?.events.forEach((event) => delete event.id);
    },
  },
  {
    group: "Streams",
    why: "The last chunk also has in its `response_metadata` what `invoke` has there (`stopReason`, `usage`, `$metadata` with the request id, `trace` …), beside the events by their names.",
    remove: (outcome) => streamedOf(outcome).forEach(keepEvents),
  },
  {
    group: "Streams",
    why: "Of the `contentBlockStop` events only the first is in `response_metadata`, since LangChain adds up the numbers of equal members when it joins chunks.",
    remove: (outcome) => streamedOf(outcome).forEach((message) => delete (message.response_metadata as Json).contentBlockStop),
  },
  {
    group: "Streams",
    why: "Every chunk that carries metadata names its provider, so that what has come can be read as standard content blocks before the end.",
    remove: (outcome) => streamedOf(outcome).forEach((message) => delete (message.response_metadata as Json).model_provider),
  },
  {
    group: "Streams",
    why: "Text that comes after other blocks is a block with its `index`, as reasoning is, so that LangChain joins the pieces of one block and no others.",
    remove: ({ chunks }) => {
      if (chunks === undefined) return;
      [...chunks.pieces, chunks.folded].forEach(({ content }) => Array.isArray(content) && content.forEach(removeTextIndex));
      chunks.pieces.forEach(unwrapText);
    },
  },
  {
    group: "Streams",
    why: "Of content-block events, a block's `content-block-finish` comes as soon as Bedrock says that the block is whole, so that a tool can run while the rest arrives.",
    remove: ({ events }) => events && moveFinishes(events.events),
  },
  {
    group: "Streams",
    why: "Of content-block events, a tool's arguments come as `tool-call-delta` with what is new, instead of all arguments so far with every event.",
    remove: ({ events }) => events && replaceSnapshots(events),
  },
  {
    group: "Streams",
    why: "Of content-block events, `messageStart`, `contentBlockStop` and `metadata` are no `provider` events: `message-start`, `content-block-finish` and `message-finish` say the same.",
    remove: ({ events }) => events && removeWhere(events.events, isEmptyProviderEvent),
  },
  {
    group: "Streams",
    why: "Of content-block events, `message-finish` has in its `responseMetadata` what `invoke` has in `response_metadata`, so that stop reason, request id, metrics and guardrail traces are not lost.",
    remove: ({ events }) => {
      if (events === undefined) return;
      events.events.forEach((event) => event.responseMetadata && keepOnly(event.responseMetadata as Json, ["model_provider"]));
      keepOnly(events.message.response_metadata as Json, ["model_provider", "finish_reason", "output_version"]);
    },
  },
  {
    group: "Streams",
    why: "Usage has no `input_token_details` when Bedrock tells none, in content-block events as in `invoke`.",
    remove: ({ events }) => {
      if (events === undefined) return;
      [...events.events.map(({ usage }) => usage), events.message.usage_metadata].forEach((usage) => removeEmptyDetails(usage as Json | undefined));
    },
  },
  {
    group: "Errors",
    why: "An error inside a stream has `$metadata` too, with the request id that AWS support asks for.",
    remove: ({ errors }) => Object.values(errors).forEach((error) => error.status === 200 && delete error.status),
  },
  {
    group: "Errors",
    why: "What is refused before it is sent is refused with its place (`messages[2].content[0]: …`), so that it can be found in a long history.",
    remove: ({ errors }) => Object.values(errors).forEach(removePlace),
  },
];

/** What is left of `outcome` without the additions; `onRemoval` is told which of them were there. */
export function withoutAdditions(outcome: Outcome, onRemoval: (addition: Addition) => void): Outcome {
  const copy = structuredClone(outcome);
  removeRequestIds(copy);
  for (const addition of ADDITIONS) {
    const before = JSON.stringify(copy);
    addition.remove(copy);
    if (JSON.stringify(copy) !== before) onRemoval(addition);
  }
  return copy;
}

/** They are new for each request. */
function removeRequestIds(outcome: Outcome): void {
  for (const { $metadata } of metadataOf(outcome)) delete ($metadata as Json | undefined)?.requestId;
  if (outcome.message?.id !== undefined) outcome.message.id = "the request's";
}

function messagesOf({ message, chunks, events }: Outcome): Json[] {
  return [message, ...(chunks?.pieces ?? []), chunks?.folded, events?.message].filter((view) => view !== undefined && !("result" in view)) as Json[];
}

/** The messages that came as chunks; with `streaming: true` that of `invoke` did, too. */
function streamedOf({ message, chunks }: Outcome): Json[] {
  const isStreamed = "messageStop" in ((message?.response_metadata as object | undefined) ?? {});
  return [...(chunks?.pieces ?? []), ...(chunks ? [chunks.folded] : []), ...(isStreamed && message ? [message] : [])];
}

function metadataOf(outcome: Outcome): Json[] {
  return messagesOf(outcome).map(({ response_metadata }) => response_metadata as Json);
}

function metadataOfEvents({ events }: Outcome): Json[] {
  return (events?.events ?? []).map(({ responseMetadata }) => responseMetadata as Json | undefined).filter((metadata) => metadata !== undefined);
}

function removeModel(metadata: Json): void {
  delete metadata.model_name;
  delete metadata.model;
}

function removeEmptyDetails(usage: Json | undefined): void {
  if (usage?.input_token_details && Object.keys(usage.input_token_details).length === 0) delete usage.input_token_details;
}

function keepEvents(message: Json): void {
  keepOnly(message.response_metadata as Json, ["messageStart", "contentBlockStop", "messageStop", "metadata", "model_provider"]);
}

function keepOnly(object: Json, names: string[]): void {
  for (const name of Object.keys(object)) if (!names.includes(name)) delete object[name];
}

function removeTextIndex(block: unknown): void {
  if ((block as Json).type === "text") delete (block as Json).index;
}

/** One text block of a chunk says what a plain string says. */
function unwrapText(piece: Json): void {
  const [block, ...others] = Array.isArray(piece.content) ? (piece.content as Json[]) : [];
  if (block?.type === "text" && others.length === 0) piece.content = block.text;
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : (content as Json[]).map(({ type, text }) => (type === "text" ? text : "")).join("");
}

function moveFinishes(events: Json[]): void {
  const finishes = removeWhere(events, ({ event }) => event === "content-block-finish");
  const end = events.findIndex(({ event }) => event === "message-finish");
  events.splice(end === -1 ? events.length : end, 0, ...finishes.sort((a, b) => Number(a.index) - Number(b.index)));
}

function replaceSnapshots(events: NonNullable<Outcome["events"]>): void {
  const sent: Record<string, string> = {};
  for (const event of events.events) {
    const { type, fields } = (event.delta ?? {}) as { type?: string; fields?: Json };
    if (type !== "block-delta" || typeof fields?.args !== "string") continue;
    const index = String(event.index);
    event.delta = { type: "tool-call-delta", args: fields.args.slice(sent[index]?.length ?? 0) };
    sent[index] = fields.args;
  }
  removeWhere(events.events, ({ delta }) => (delta as Json | undefined)?.type === "tool-call-delta" && (delta as Json).args === "");
}

function isEmptyProviderEvent({ event, payload }: Json): boolean {
  return event === "provider" && Object.keys(payload as object).every((name) => ["messageStart", "contentBlockStop", "metadata"].includes(name));
}

function removeWhere(items: Json[], isRemoved: (item: Json) => boolean): Json[] {
  const removed = items.filter(isRemoved);
  items.splice(0, items.length, ...items.filter((item) => !isRemoved(item)));
  return removed;
}

function removePlace(error: Json): void {
  error.message = String(error.message).replace(/^messages\[\d+\](\.content\[\d+\])?: /, "");
}
