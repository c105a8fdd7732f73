import { blocksIn, byModel, type Conversation, type PlacedBlock, type Rule } from "./conversation.js";

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

const inTools: Rule = ({ modelId, tools }) => {
  const index = tools.findIndex(({ block }) => "cachePoint" in block);
  if (index === -1 || !/amazon\.nova/.test(modelId)) return undefined;
  return byModel(
    `Malformed input request: #/toolConfig/tools/${index}: extraneous key [cachePoint] is not permitted, please reformat your input and try again.`,
  );
};

/** In the order of the cached prefix. */
function cachePoints({ tools, system, turns }: Conversation): PlacedBlock[] {
  return blocksIn([...tools, ...system, ...turns.flatMap(({ blocks }) => blocks)], "cachePoint");
}

export const CACHE_POINT_RULES: Rule[] = [inTools, count, order];
