import { serviceError } from "../errors.js";
import type { JsonObject } from "../json.js";
import { blocksIn, has, isClaude, isOneOf, objectAt, type Conversation, type PlacedBlock, type Rule } from "./conversation.js";
import { NO_CACHING, NOVA } from "./families.js";
import { byModel, CACHING_UNSUPPORTED, extraneousPoint, NO_TTL, NOTHING_TO_CACHE, POINT_AFTER_DOCUMENT, POINT_AFTER_REASONING, pointAfterText } from "./wordings.js";

const MOST_CACHE_POINTS = 4;

const count: Rule = (conversation) => {
  const { length } = cachePoints(conversation);
  return length > MOST_CACHE_POINTS ? byModel(`A maximum of ${MOST_CACHE_POINTS} blocks with cache_control may be provided. Found ${length}.`) : undefined;
};

/** Longer lifetimes come first. The default is five minutes. */
const order: Rule = (conversation) => {
  const points = cachePoints(conversation);
  const firstShort = points.findIndex(({ block }) => block["ttl"] !== "1h");
  const late = firstShort === -1 ? undefined : points.slice(firstShort).find(({ block }) => block["ttl"] === "1h");
  if (!late) return undefined;
  return byModel(
    `${late.path.replace(/\.cachePoint$/, "")}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. ` +
      "Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
  );
};

const inTools: Rule = (conversation) => {
  const index = conversation.tools.findIndex(({ block }) => "cachePoint" in block);
  if (index === -1 || !isOneOf(conversation, NOVA)) return undefined;
  return extraneousPoint(`#/toolConfig/tools/${index}`);
};

/** 403, as most reports have it; one has a ValidationException with the same text. */
const unsupported: Rule = (conversation) =>
  cachePoints(conversation).length > 0 && isOneOf(conversation, NO_CACHING) ? serviceError("AccessDeniedException", CACHING_UNSUPPORTED) : undefined;

/** Also five minutes, which is what Nova does without a lifetime. A Claude without the hour takes it for five minutes. */
const lifetimes: Rule = (conversation) =>
  isOneOf(conversation, NOVA) && cachePoints(conversation).some(({ block }) => has(block, "ttl")) ? NO_TTL : undefined;

/** A point marks what is before it in its own list; earlier turns do not count (strands #3677, 2026-08). */
const places: Rule = (conversation) => {
  const lists = [conversation.tools, conversation.system, ...conversation.turns.map(({ blocks }) => blocks)];
  return lists.flatMap((list) => list.map((placed, index) => pointFault(placed, list[index - 1], conversation))).find((fault) => fault !== undefined);
};

function pointFault({ block, path }: PlacedBlock, before: PlacedBlock | undefined, conversation: Conversation): string | undefined {
  if (!("cachePoint" in block)) return undefined;
  if (!before) return NOTHING_TO_CACHE;
  if (isOneOf(conversation, NOVA)) return pointFaultOfNova(before.block, path);
  if (!isClaude(conversation)) return undefined;
  if ("reasoningContent" in before.block) return POINT_AFTER_REASONING;
  return isRenderedAsText(before) ? pointAfterText(path) : undefined;
}

/** Behind a call and behind a result (zeroclaw #8943, 2026-08; bedrock-engineer #71), and behind documents and videos (pydantic-ai). */
function pointFaultOfNova(before: JsonObject, path: string): string | undefined {
  if ("toolUse" in before || "toolResult" in before) return extraneousPoint(`#/${path.replaceAll(".", "/")}`);
  return "document" in before || "video" in before ? POINT_AFTER_DOCUMENT : undefined;
}

/** Documents that are no PDF and are not cited (pydantic-ai). */
function isRenderedAsText({ block }: PlacedBlock): boolean {
  const document = objectAt(block, "document");
  return document !== undefined && document["format"] !== "pdf" && objectAt(document, "citations")?.["enabled"] !== true;
}

/** In the order of the cached prefix. */
function cachePoints({ tools, system, turns }: Conversation): PlacedBlock[] {
  return blocksIn([...tools, ...system, ...turns.flatMap(({ blocks }) => blocks)], "cachePoint");
}

export const CACHE_POINT_RULES: Rule[] = [unsupported, inTools, lifetimes, places, count, order];
