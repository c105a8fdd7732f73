import type { CachePointExplanation, ConverseBody } from "../types/explanation.js";
import { approximateContent, approximateJson } from "./approximate_tokens.js";

type Part = "tools" | "system" | "messages";

/** A block of a body, or a tool, in the order in which a prefix is cached. */
interface Element {
  part: Part;
  path: string;
  block: Record<string, unknown>;
}

/** Bedrock's lifetime of a cache point that names none. */
const DEFAULT_TTL = "5m";

/** The cache points of a body, and what each covers. */
export function explainCachePoints(body: ConverseBody): CachePointExplanation[] {
  const elements = elementsOf(body);
  const points: CachePointExplanation[] = [];
  let approximateTokens = 0;
  for (const [index, element] of elements.entries()) {
    const { cachePoint } = element.block as { cachePoint?: { ttl?: string } };
    if (cachePoint === undefined) approximateTokens += tokensOf(element);
    else points.push({ path: element.path, ttl: cachePoint.ttl ?? DEFAULT_TTL, approximateTokens, covers: coverage(elements.slice(0, index), elements) });
  }
  return points;
}

function elementsOf({ toolConfig, system = [], messages = [] }: ConverseBody): Element[] {
  return [
    ...(toolConfig?.tools ?? []).map((block, index): Element => ({ part: "tools", path: `toolConfig.tools[${index}]`, block })),
    ...system.map((block, index): Element => ({ part: "system", path: `system[${index}]`, block })),
    ...messages.flatMap(({ content }, message) =>
      content.map((block, index): Element => ({ part: "messages", path: `messages[${message}].content[${index}]`, block })),
    ),
  ];
}

function tokensOf({ part, block }: Element): number {
  return part === "tools" ? approximateJson(block) : approximateContent([block]);
}

/** The parts of a prefix by name; of one that goes on behind the prefix, the last element in it too. */
function coverage(prefix: Element[], elements: Element[]): string {
  const lastOf = (part: Part, among: Element[]): Element | undefined => among.filter((element) => element.part === part && !("cachePoint" in element.block)).at(-1);
  const parts = (["tools", "system", "messages"] as const).flatMap((part) => {
    const last = lastOf(part, prefix);
    if (last === undefined) return [];
    return last === lastOf(part, elements) ? [part] : [`${part} up to ${last.path}`];
  });
  return parts.join(", ");
}
