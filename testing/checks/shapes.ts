/** The request of `Converse` as its service model describes it: members, limits and patterns. Only data; `members.ts` applies it. */

/** The type of a value. */
export type Shape =
  | { kind: "structure" | "union"; name: string; members: Record<string, Shape>; required: string[] }
  | { kind: "list"; of: Shape; min: number; max: number }
  | { kind: "map"; key: Shape; value: Shape; min: number; max: number }
  | { kind: "text"; min: number; max: number; pattern?: string; values?: string[] }
  | { kind: "number"; whole: boolean; min: number; max: number }
  | { kind: "boolean" }
  | { kind: "blob"; min: number }
  | { kind: "json" };

interface Limits {
  min?: number;
  max?: number;
}

export function structure(name: string, members: Record<string, Shape>, ...required: string[]): Shape {
  return { kind: "structure", name, members, required };
}

/** Exactly one of the members must be there. */
export function union(name: string, members: Record<string, Shape>): Shape {
  return { kind: "union", name, members, required: [] };
}

export function list(of: Shape, { min = 0, max = Infinity }: Limits = {}): Shape {
  return { kind: "list", of, min, max };
}

export function text({ min = 0, max = Infinity, pattern }: Limits & { pattern?: string } = {}): Shape {
  return { kind: "text", min, max, ...(pattern === undefined ? {} : { pattern }) };
}

export function oneOf(...values: string[]): Shape {
  return { kind: "text", min: 0, max: Infinity, values };
}

export function number({ min = -Infinity, max = Infinity }: Limits, whole = false): Shape {
  return { kind: "number", whole, min, max };
}

export const anyText: Shape = text();
export const someText: Shape = text({ min: 1 });
const boolean: Shape = { kind: "boolean" };
export const json: Shape = { kind: "json" };
const bytes: Shape = { kind: "blob", min: 1 };
const count = number({ min: 0 }, true);

const toolName = text({ min: 1, max: 64, pattern: "[a-zA-Z0-9_-]+" });
const toolUseId = text({ min: 1, max: 64, pattern: "[a-zA-Z0-9_.:-]+" });

const s3Uri = text({ min: 1, max: 1024, pattern: "s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?" });
const s3Location = structure("S3Location", { uri: s3Uri, bucketOwner: text({ pattern: "[0-9]{12}" }) }, "uri");
const errorBlock = structure("ErrorBlock", { message: anyText });
const citationsConfig = structure("CitationsConfig", { enabled: boolean }, "enabled");
const cachePoint = structure("CachePointBlock", { type: oneOf("default"), ttl: oneOf("5m", "1h") }, "type");

const image = structure(
  "ImageBlock",
  { format: oneOf("png", "jpeg", "gif", "webp"), source: union("ImageSource", { bytes, s3Location }), error: errorBlock },
  "format",
  "source",
);
const documentSource = union("DocumentSource", {
  bytes,
  s3Location,
  text: anyText,
  content: list(union("DocumentContentBlock", { text: anyText })),
});
const document = structure(
  "DocumentBlock",
  {
    format: oneOf("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"),
    name: text({ min: 1, max: 200 }),
    source: documentSource,
    context: anyText,
    citations: citationsConfig,
  },
  "name",
  "source",
);
const videoFormat = oneOf("mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp");
const video = structure("VideoBlock", { format: videoFormat, source: union("VideoSource", { bytes, s3Location }) }, "format", "source");
const audioFormat = oneOf(
  ..."mp3 opus wav aac flac mp4 ogg mkv mka x-aac m4a mpeg mpga pcm webm".split(" "),
);
const audio = structure(
  "AudioBlock",
  { format: audioFormat, source: union("AudioSource", { bytes, s3Location }), error: errorBlock },
  "format",
  "source",
);
const searchResult = structure(
  "SearchResultBlock",
  {
    source: anyText,
    title: anyText,
    content: list(structure("SearchResultContentBlock", { text: anyText }, "text")),
    citations: citationsConfig,
  },
  "source",
  "title",
  "content",
);

const toolUse = structure(
  "ToolUseBlock",
  { toolUseId, name: toolName, input: json, type: oneOf("server_tool_use") },
  "toolUseId",
  "name",
  "input",
);
const toolResultContent = union("ToolResultContentBlock", { json, text: anyText, image, document, video, searchResult });
const toolResult = structure(
  "ToolResultBlock",
  { toolUseId, content: list(toolResultContent), status: oneOf("success", "error"), type: anyText },
  "toolUseId",
  "content",
);
const toolReference = structure("ToolReference", {
  type: text({ min: 1, max: 64 }),
  name: text({ min: 1, max: 128 }),
  serverName: text({ min: 1, max: 128 }),
});

const guardedText = structure(
  "GuardrailConverseTextBlock",
  { text: anyText, qualifiers: list(oneOf("grounding_source", "query", "guard_content")) },
  "text",
);
const guardedImage = structure(
  "GuardrailConverseImageBlock",
  { format: oneOf("png", "jpeg"), source: union("GuardrailConverseImageSource", { bytes }) },
  "format",
  "source",
);
const guardContent = union("GuardrailConverseContentBlock", { text: guardedText, image: guardedImage });

const reasoningText = structure("ReasoningTextBlock", { text: anyText, signature: anyText }, "text");
const reasoningContent = union("ReasoningContentBlock", { reasoningText, redactedContent: { kind: "blob", min: 0 } });

function range(name: string, index: string): Shape {
  return structure(name, { [index]: count, start: count, end: count });
}
const citationLocation = union("CitationLocation", {
  web: structure("WebLocation", { url: anyText, domain: anyText }),
  documentChar: range("DocumentCharLocation", "documentIndex"),
  documentPage: range("DocumentPageLocation", "documentIndex"),
  documentChunk: range("DocumentChunkLocation", "documentIndex"),
  searchResultLocation: range("SearchResultLocation", "searchResultIndex"),
});
const citation = structure("Citation", {
  title: anyText,
  source: anyText,
  sourceContent: list(union("CitationSourceContent", { text: anyText })),
  location: citationLocation,
});
const citationsContent = structure("CitationsContentBlock", {
  content: list(union("CitationGeneratedContent", { text: anyText })),
  citations: list(citation),
});

const contentBlock = union("ContentBlock", {
  text: anyText,
  image,
  document,
  video,
  audio,
  toolUse,
  toolResult,
  guardContent,
  cachePoint,
  reasoningContent,
  citationsContent,
  searchResult,
  toolAddition: structure("ToolAdditionBlock", { tool: toolReference }, "tool"),
  toolRemoval: structure("ToolRemovalBlock", { tool: toolReference }, "tool"),
});
const messages = list(structure("Message", { role: oneOf("user", "assistant", "system"), content: list(contentBlock) }, "role", "content"));
const system = list(union("SystemContentBlock", { text: someText, guardContent, cachePoint }));

const toolSpec = structure(
  "ToolSpecification",
  { name: toolName, description: someText, inputSchema: union("ToolInputSchema", { json }), strict: boolean },
  "name",
  "inputSchema",
);
const tool = union("Tool", { toolSpec, systemTool: structure("SystemTool", { name: toolName }, "name"), cachePoint });
const toolChoice = union("ToolChoice", {
  auto: structure("AutoToolChoice", {}),
  any: structure("AnyToolChoice", {}),
  tool: structure("SpecificToolChoice", { name: toolName }, "name"),
});
const toolConfig = structure("ToolConfiguration", { tools: list(tool, { min: 1 }), toolChoice }, "tools");

const guardrailIdentifier = text({
  max: 2048,
  pattern: "(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))",
});
const guardrail = {
  guardrailIdentifier,
  guardrailVersion: text({ pattern: "(|([1-9][0-9]{0,7})|(DRAFT))" }),
  trace: oneOf("enabled", "disabled", "enabled_full"),
};
const guardrailConfig = structure("GuardrailConfiguration", guardrail);
/** Only streams have a processing mode; Converse does not know the member. */
const guardrailStreamConfig = structure("GuardrailStreamConfiguration", { ...guardrail, streamProcessingMode: oneOf("sync", "async") });
const inferenceConfig = structure("InferenceConfiguration", {
  maxTokens: number({ min: 1 }, true),
  temperature: number({ min: 0, max: 1 }),
  topP: number({ min: 0, max: 1 }),
  stopSequences: list(someText, { max: 2500 }),
});
const METADATA_CHARACTERS = "[a-zA-Z0-9\\s:_@$#=/+,-.]";
const requestMetadata: Shape = {
  kind: "map",
  key: text({ min: 1, max: 256, pattern: `${METADATA_CHARACTERS}{1,256}` }),
  value: text({ max: 256, pattern: `${METADATA_CHARACTERS}{0,256}` }),
  min: 1,
  max: 16,
};
const promptVariables: Shape = { kind: "map", key: anyText, value: union("PromptVariableValues", { text: anyText }), min: 0, max: Infinity };
const jsonSchema = structure("JsonSchemaDefinition", { schema: anyText, name: anyText, description: anyText }, "schema");
const textFormat = structure(
  "OutputFormat",
  { type: oneOf("json_schema"), structure: union("OutputFormatStructure", { jsonSchema }) },
  "type",
  "structure",
);

const converseMembers: Record<string, Shape> = {
  messages,
  system,
  inferenceConfig,
  toolConfig,
  guardrailConfig,
  additionalModelRequestFields: json,
  promptVariables,
  additionalModelResponseFieldPaths: list(text({ min: 1, max: 256 }), { max: 10 }),
  requestMetadata,
  performanceConfig: structure("PerformanceConfiguration", { latency: oneOf("standard", "optimized") }),
  serviceTier: structure("ServiceTier", { type: oneOf("priority", "default", "flex", "reserved") }, "type"),
  outputConfig: structure("OutputConfig", { textFormat, effort: text({ max: 16 }) }),
};

/** The body of `Converse`. */
export const CONVERSE_REQUEST: Shape = structure("ConverseRequest", converseMembers);
/** The body of `ConverseStream`. */
export const CONVERSE_STREAM_REQUEST: Shape = structure("ConverseStreamRequest", { ...converseMembers, guardrailConfig: guardrailStreamConfig });

const converseTokens = structure("ConverseTokensRequest", { messages, system, toolConfig, additionalModelRequestFields: json });
const invokeModel = structure("InvokeModelTokensRequest", { body: { kind: "blob", min: 0 } }, "body");

/** The body of `CountTokens`. */
export const COUNT_TOKENS_REQUEST: Shape = structure(
  "CountTokensRequest",
  { input: union("CountTokensInput", { converse: converseTokens, invokeModel }) },
  "input",
);
