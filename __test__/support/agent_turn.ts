import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type BaseMessage, type ContentBlock } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import type { ChatBedrockConverseCallOptions, ChatBedrockConverseToolType } from "langchain-aws-native";
import { z } from "zod";

/** What a model can take at all. What it takes in which place, and how, is not asked: that is the package's work. */
export interface Abilities {
  tools: boolean;
  images: boolean;
  documents: boolean;
}

/** A PNG of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64");
const CSV = Buffer.from("city,sales\nParis,12\n").toString("base64");

type Blocks = ContentBlock[];

const IMAGE: ContentBlock = { type: "image", mimeType: "image/png", data: PIXEL };
const REPORT: ContentBlock = { type: "file", mimeType: "application/pdf", data: PDF, metadata: { name: "report" } };
const CITED: ContentBlock = { type: "file", mimeType: "text/plain", text: "Twelve in Paris.", metadata: { name: "notes", citations: { enabled: true } } };
const TABLE: ContentBlock = { type: "file", mimeType: "text/csv", data: CSV, metadata: { name: "sales" } };
const LONG_POINT = { cachePoint: { type: "default", ttl: "1h" } } as unknown as ContentBlock;
const POINT = { cachePoint: { type: "default" } } as unknown as ContentBlock;

const text = (value: string): ContentBlock => ({ type: "text", text: value });
const thought = (value: string, signature?: string): ContentBlock =>
  ({ type: "reasoning_content", reasoningText: { text: value, ...(signature === undefined ? {} : { signature }) } }) as unknown as ContentBlock;

/** Models whose answers are in the history beside those of the model that is asked. */
const OTHERS = ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "openai.gpt-oss-120b-1:0", "deepseek.r1-v1:0"];

const media = ({ images, documents }: Abilities): Blocks => [...(images ? [IMAGE] : []), ...(documents ? [REPORT, TABLE] : [])];

/** An answer of a model of Bedrock's, with calls of `read` where the model has tools. */
function answer(model: string, content: Blocks, calls: string[] = []): AIMessage {
  return new AIMessage({
    content: content as never,
    tool_calls: calls.map((id) => ({ id, name: "read", args: { kind: "page", page: 1 }, type: "tool_call" as const })),
    response_metadata: { model_provider: "bedrock-converse", model_name: model },
  });
}

function result(tool_call_id: string, content: Blocks, status: "success" | "error" = "success"): ToolMessage {
  return new ToolMessage({ content: content as never, tool_call_id, status });
}

/** A call of two tools and their results, one of which holds media and one of which failed; then a word of the user, with media beside the results. */
function toolRound(model: string, abilities: Abilities): BaseMessage[] {
  const { images, documents } = abilities;
  return [
    answer(model, [thought("Two pages.", "c2ln"), text("I read two pages.")], ["call_1", "call_2"]),
    result("call_1", [text("The page:"), ...(images ? [IMAGE] : []), ...(documents ? [REPORT] : []), LONG_POINT]),
    result("call_2", [text("There is no such page.")], "error"),
    new HumanMessage({ content: [text("Go on with these."), ...media(abilities), POINT] as never }),
  ];
}

/** A conversation of an agent, as checkpoints keep it: reasoning of several models, tool calls and their results, media, cache points. */
export function conversation(model: string, abilities: Abilities): BaseMessage[] {
  const system = new SystemMessage({ content: [text("You read reports."), LONG_POINT] as never });
  const rounds = abilities.tools ? toolRound(model, abilities) : [answer(model, [thought("Easy.", "c2ln"), text("It is about sales.")])];
  const foreign = OTHERS.flatMap((other, index) => [
    new HumanMessage(`Question ${index}`),
    answer(other, [thought("Hm.", index === 0 ? "c2ln" : undefined), text(`Answer ${index}`), POINT], abilities.tools && index > 0 ? [`call_other_${index}`] : []),
    ...(abilities.tools && index > 0 ? [result(`call_other_${index}`, [text("Page 1")])] : []),
  ]);
  return [
    system,
    new HumanMessage({ content: [text("What is in the report?"), ...media(abilities), LONG_POINT] as never }),
    ...rounds,
    answer(model, [thought("Now I know."), text("Twelve.")]),
    ...foreign,
    new HumanMessage({ content: [text("And in short?"), POINT] as never }),
  ];
}

/** A question about documents that are to be cited, and what a tool gave as data. */
export function citedConversation(model: string, { tools, documents }: Abilities): BaseMessage[] {
  const data = { json: { city: "Paris", sales: 12 } } as unknown as ContentBlock;
  return [
    new HumanMessage({ content: [text("How many, and where is that said?"), ...(documents ? [CITED] : [])] as never }),
    ...(tools ? [answer(model, [], ["call_1"]), result("call_1", [data, ...(documents ? [CITED] : [])])] : []),
  ];
}

/** The rest of a conversation may be nothing but the system text's cache point, which a middleware put there. */
export const ONLY_A_POINT: SystemMessage = new SystemMessage({ content: [POINT] as never });

const Page = z.object({ kind: z.literal("page"), page: z.number().int().min(1), note: z.string().nullable() });
const Chapter = z.object({ kind: z.literal("chapter"), title: z.string().min(1).max(80), depth: z.number().optional(), tags: z.array(z.string()).max(3).nullish() });

const LOCATION = { type: "object", properties: { city: { type: ["string", "null"] }, near: { $ref: "#/$defs/point" } }, $defs: { point: { type: "object", properties: { x: { type: "number" } }, required: ["x"] } } };

/** Tools with the schemas that servers of tools and zod make: a union at the root, optional and nullable members, references, look-around, nothing. */
export const TOOLS: ChatBedrockConverseToolType[] = [
  { name: "read", description: "Reads a part.", schema: z.discriminatedUnion("kind", [Page, Chapter]) } as never,
  tool(() => "found", { name: "find", description: "Finds a word.", schema: z.object({ word: z.string(), most: z.number().int().positive().optional(), below: z.string().nullable() }) }),
  { name: "locate", description: "Finds a place.", input_schema: { ...LOCATION, anyOf: [{ required: ["city"] }, { required: ["near"] }] } } as never,
  {
    type: "function",
    function: { name: "check", description: "Checks a code.", parameters: { type: "object", properties: { code: { type: "string", pattern: "^(?!0)\\d+$" }, list: { type: "array", contains: { type: "string" }, minItems: 2, maxItems: 4 } } } },
  } as never,
  { name: "stop", description: "Stops.", input_schema: { type: "object", properties: null, required: null } } as never,
  { toolSpec: { name: "open", description: "Opens a map.", inputSchema: { json: { type: "object", properties: { map: { type: "object", additionalProperties: { type: "string" } } } } } } },
  { cachePoint: { type: "default", ttl: "1h" } },
];

const SUMMARY = {
  type: "object",
  properties: {
    title: { type: "string", minLength: 1, pattern: "^(?=.)[A-Z].*" },
    sales: { type: "array", items: { type: "object", properties: { city: { type: "string" }, count: { type: "integer", minimum: 0 } }, required: ["city"] }, maxItems: 9 },
    note: { anyOf: [{ type: "string" }, { type: "null" }] },
  },
  required: ["title"],
};

/** The options of such a call: all that an application may ask of a model at once. */
export const OPTIONS: Partial<ChatBedrockConverseCallOptions> = {
  reasoning: { effort: "high" },
  temperature: 0.4,
  topP: 0.9,
  stop: ["END"],
  maxTokens: 1000,
  cache_control: { type: "ephemeral", ttl: "1h" },
  response_format: { type: "json_schema", json_schema: { name: "summary", schema: SUMMARY } },
} as Partial<ChatBedrockConverseCallOptions>;
