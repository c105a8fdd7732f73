import { HumanMessage, type MessageContent } from "@langchain/core/messages";
import { convert } from "../connection/conversion.js";
import { writeRequest } from "../request/request.js";
import type { GuardrailContentBlock, GuardrailInput } from "../types/guardrails.js";

/** The blocks of Converse that matter here. */
interface ConvertedBlock {
  text?: string;
  image?: { format?: string; source?: { bytes?: string } };
  guardContent?: GuardrailContentBlock;
}

/** The settings of a conversion for no model in particular: blocks are read as they are. */
const SETTINGS = {
  cacheControl: undefined,
  adaptation: "off",
  model: undefined,
  region: undefined,
  endpoint: undefined,
  splitInlineReasoning: undefined,
  supportsToolChoiceValues: undefined,
  guardLastTurnOnly: undefined,
} as const;

/**
 * The content as `ApplyGuardrail` takes it, images in base64. Blank texts, which it refuses, and cache points are left out. Throws a sentence that starts
 * with `place` about the first block that is neither text nor an image that a guardrail takes.
 */
export function toGuardrailContent(content: GuardrailInput, place: string): GuardrailContentBlock[] {
  const blocks: unknown[] = typeof content === "string" ? [content] : content;
  if (!Array.isArray(blocks)) throw new Error(`${place}: must be a text or an array of content blocks, but it is of type ${typeof content}.`);
  return blocks.flatMap((block, index) => {
    if (isBlank(block)) return [];
    return convertBlock(block, `${place}[${index}]`);
  });
}

function convertBlock(block: unknown, place: string): GuardrailContentBlock[] {
  const message = new HumanMessage({ content: [asConverse(block)] as MessageContent });
  let body: string;
  try {
    body = convert(writeRequest({ modelId: "guardrail" }, [message], {}, SETTINGS)).body;
  } catch (error) {
    throw new Error((error as Error).message.replace(/^messages\[0\](\.content\[0\])?/, place), { cause: error });
  }
  const { messages } = JSON.parse(body) as { messages: { content: ConvertedBlock[] }[] };
  const converted = messages.flatMap(({ content }) => content).filter((each) => !("cachePoint" in each));
  return converted.map((each) => toGuardrailBlock(each, place));
}

function toGuardrailBlock({ text, image, guardContent, ...others }: ConvertedBlock, place: string): GuardrailContentBlock {
  if (text !== undefined) return { text: { text } };
  if (guardContent !== undefined) return guardContent;
  const [kind] = image === undefined ? Object.keys(others) : ["image"];
  const bytes = image?.source?.bytes;
  if (bytes !== undefined && (image?.format === "png" || image?.format === "jpeg")) return { image: { format: image.format, source: { bytes } } };
  const what = image === undefined ? `${kind} blocks` : bytes === undefined ? "images that are not given as bytes" : `images of the format ${image.format}`;
  throw new Error(`${place}: a guardrail assesses no ${what}: give texts, and images as png or jpeg with their bytes.`);
}

/** Bedrock's own `{ text: { text } }` is a block of guard content in Converse. */
function asConverse(block: unknown): unknown {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === undefined && typeof text === "object" && text !== null ? { guardContent: { text } } : block;
}

function isBlank(block: unknown): boolean {
  if (typeof block === "string") return block.trim() === "";
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === "text" && typeof text === "string" && text.trim() === "";
}
