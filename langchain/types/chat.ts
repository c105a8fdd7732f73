/** The shapes that users write, as the Converse API has them, so that no AWS package is needed for types. */
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { BaseChatModelCallOptions, BaseChatModelParams, BindToolsInput } from "@langchain/core/language_models/chat_models";
import type { AvailabilityOptions, FailoverTarget } from "./availability.js";
import type { AuthenticationOptions, ConnectionOptions, RateLimit, TimeLimitOptions } from "./connection.js";
import type { Message, SystemContentBlock } from "./converse.js";
import type { DocumentType } from "./document.js";
import type { GuardrailRedaction } from "./guardrails.js";
import type { FetchMediaOptions } from "./media.js";

/** A JSON schema for a tool's input. */
export interface ToolInputSchema {
  json?: DocumentType;
}

/** A tool as Converse has it: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Tool.html */
export type Tool =
  | { toolSpec: { name: string; description?: string; inputSchema: ToolInputSchema; strict?: boolean } }
  | { systemTool: { name: string } }
  | { cachePoint: { type: "default"; ttl?: "5m" | "1h" } };

/** A tool that Anthropic defines, by a dated type: Claude knows its schema. Members beside these are the tool's own, such as `display_width_px`. */
export interface AnthropicTool {
  type: `${string}_${number}`;
  name: string;
  [member: string]: unknown;
}

/** A kind of tool choice. */
export type ToolChoiceKind = "auto" | "any" | "tool";

/** The tools that `bindTools` accepts: LangChain tools, zod-typed tools, OpenAI's and Anthropic's shapes, tools that Anthropic defines, and Converse's own. */
export type ChatBedrockConverseToolType = BindToolsInput | Tool | AnthropicTool;

/** Which tool the model must call: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html */
export type BedrockToolChoice =
  | { auto: object; any?: never; tool?: never }
  | { any: object; auto?: never; tool?: never }
  | { tool: { name: string | undefined }; auto?: never; any?: never };

/**
 * `"auto"`: the model decides; `"any"` or `"required"`: it must call a tool; `"none"`: it must not; a tool's name: it must call that one.
 * Converse's own objects and OpenAI's are taken as well.
 */
export type BedrockConverseToolChoice =
  | "auto"
  | "any"
  | "required"
  | "none"
  | (string & {})
  | BedrockToolChoice
  | { type: "function"; function: { name: string } };

/** Prompt caching: cache points after the system prompt, the tools and the last message. */
export type BedrockPromptCacheControl = {
  /** Accepted for compatibility; Converse has one kind. */
  type?: "ephemeral";
  /** The lifetime of the cache. @default "5m" */
  ttl?: "5m" | "1h";
};

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html */
export interface GuardrailConfiguration {
  /** Id or ARN. */
  guardrailIdentifier?: string;
  /** A number, or `DRAFT`. */
  guardrailVersion?: string;
  /** Whether `response_metadata.trace` of the answer has the guardrail's assessments. @default "disabled" */
  trace?: "enabled" | "disabled" | "enabled_full";
  /** Of streams: `sync` holds each piece back until it is assessed, `async` does not, so that what is blocked may have been read. @default "sync" */
  streamProcessingMode?: "sync" | "async";
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html */
export interface PerformanceConfiguration {
  /** `optimized` is faster, with the models that support it. @default "standard" */
  latency?: "standard" | "optimized";
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
export type ServiceTierType = "priority" | "default" | "flex" | "reserved";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html */
export interface OutputConfig {
  /** A JSON schema, as text, that Bedrock enforces. */
  textFormat?: { type: "json_schema"; structure: { jsonSchema: { schema: string; name?: string; description?: string } } };
  /** The effort of the model's reasoning and answer. */
  effort?: "low" | "medium" | "high" | "xhigh" | "max" | (string & {});
}

/** OpenAI's request for JSON of a schema. */
export interface ResponseFormat {
  /** Converse has no other kind. */
  type: "json_schema";
  /** `strict` is accepted for compatibility: Bedrock always enforces the schema. */
  json_schema: { schema: object; name?: string; description?: string; strict?: boolean };
}

/** How much the model thinks before it answers, in one form for all models. */
export interface ReasoningOptions {
  /** One that the model does not have becomes the nearest that it has, with a warning. @default "medium" */
  effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";
  /** Tokens, for Claude models that take a budget; for others it becomes an effort. `maxTokens` is raised above it. */
  budgetTokens?: number;
  /** Whether Claude's thinking is returned as a summary or not at all. Default: the model's. */
  display?: "summarized" | "omitted";
}

/** The members of `ConverseRequest` beside its messages. */
export interface ConverseInvocationParams {
  /** From `maxTokens`, `temperature`, `topP` and `stop`. */
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  /** From `tools` and `tool_choice`. */
  toolConfig?: { tools: Tool[]; toolChoice?: BedrockToolChoice | { none: object } };
  /** Becomes members of `additionalModelRequestFields`, as the model has them. */
  reasoning?: ReasoningOptions;
  guardrailConfig?: GuardrailConfiguration;
  additionalModelRequestFields?: DocumentType;
  promptVariables?: Record<string, { text: string }>;
  additionalModelResponseFieldPaths?: string[];
  requestMetadata?: Record<string, string>;
  performanceConfig?: PerformanceConfiguration;
  serviceTier?: { type: ServiceTierType };
  outputConfig?: OutputConfig;
}

/** A whole `ConverseRequest`, as loose as the types that AWS generates: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export interface ConverseCommandParams extends Omit<ConverseInvocationParams, "toolConfig" | "reasoning" | "serviceTier" | "outputConfig" | "promptVariables"> {
  /** Model id, inference profile id or ARN. */
  modelId: string | undefined;
  /** See {@link Tool} and {@link BedrockToolChoice}. */
  toolConfig?: { tools: object[] | undefined; toolChoice?: object };
  serviceTier?: { type: ServiceTierType | undefined };
  /** See {@link OutputConfig}. */
  outputConfig?: { textFormat?: object; effort?: string };
  /** Values for the variables of a stored prompt. */
  promptVariables?: Record<string, { text?: string }>;
  /** The conversation, the user's turn first. */
  messages?: Message[];
  /** The system prompt. */
  system?: SystemContentBlock[];
}

/** A complete piece of the model's reasoning. These are types, not interfaces, so that they are assignable to LangChain's records. */
export type MessageContentReasoningBlockReasoningText = {
  type: "reasoning_content";
  reasoningText: { text: string; signature: string };
};

/** Encrypted reasoning, in base64. */
export type MessageContentReasoningBlockRedacted = {
  type: "reasoning_content";
  redactedContent: string;
};

/** A streamed piece of reasoning. */
export type MessageContentReasoningBlockReasoningTextPartial = {
  type: "reasoning_content";
  reasoningText: { text: string } | { signature: string };
};

/** Reasoning in a message's content. */
export type MessageContentReasoningBlock =
  | MessageContentReasoningBlockReasoningText
  | MessageContentReasoningBlockRedacted
  | MessageContentReasoningBlockReasoningTextPartial;

/** Options of a request, of constructor and call; a call's have precedence. */
interface RequestOptions extends TimeLimitOptions {
  /** Randomness of the answer, 0 to 1. Default: the model's. */
  temperature?: number;
  /** The maximum number of tokens of the answer. Default: the model's. */
  maxTokens?: number;
  /** Nucleus sampling: the probability mass to choose from, 0 to 1. Default: the model's. */
  topP?: number;
  /** Texts at which the model stops. */
  stop?: string[];
  /** Fields of the model's own beyond Converse's, such as `thinking` or `top_k`. A call's members are merged into the constructor's; `null` removes one. */
  additionalModelRequestFields?: DocumentType;
  /** JSON pointers of the model's own response fields to return. */
  additionalModelResponseFieldPaths?: string[];
  /** A guardrail for the request. */
  guardrailConfig?: GuardrailConfiguration;
  /**
   * Whether the guardrail assesses only what the user has said last, its texts and images, and not the whole conversation in each turn. It needs
   * `guardrailConfig`. @default false
   */
  guardLastTurnOnly?: boolean;
  /**
   * What a guardrail has blocked is replaced by a text: in the answer and its trace, and in each later request, so that it is not assessed again. The
   * texts may be given. @default false
   */
  redactGuardrailContent?: boolean | GuardrailRedaction;
  /** Latency of the model. */
  performanceConfig?: PerformanceConfiguration;
  /** Processing tier. */
  serviceTier?: ServiceTierType;
  /** Key-value pairs for filtering invocation logs. */
  requestMetadata?: Record<string, string>;
  /** Values for the variables of a stored prompt, when `model` is a prompt's ARN. */
  promptVariables?: Record<string, { text: string }>;
  /** Format and effort of the answer. */
  outputConfig?: OutputConfig;
  /** How much the model thinks; written in the form that it has. `additionalModelRequestFields` has precedence. Default: the model's. */
  reasoning?: ReasoningOptions;
  /**
   * Whether reasoning that the model writes into its text between tags (`<thinking>…</thinking>` of Nova 1) becomes reasoning blocks of its own.
   * @default false
   */
  splitInlineReasoning?: boolean;
  /**
   * Whether `response_metadata.headers` has the headers of the answer, by lower-case name, without those that carry secrets such as `set-cookie`.
   * @default false
   */
  includeResponseHeaders?: boolean;
  /**
   * Whether `response_metadata.raw` has the answer as it was received: the body of a response as an object, of a stream the list of its events, each as
   * `{ contentBlockDelta: … }`. It takes as much memory again as the answer. @default false
   */
  includeRaw?: boolean;
  /**
   * Which images, documents and videos that messages name by `https:` URLs are fetched before the request is sent. Without it such a block is refused, since
   * Bedrock fetches nothing; `false` switches it off for a call. @default false
   */
  fetchMedia?: FetchMediaOptions | false;
  /** Whether streamed answers have token usage. @default true */
  streamUsage?: boolean;
  /** Milliseconds between two events of a stream at most; if you set it, also until the first. 0: no limit. @default 3600000 */
  streamIdleTimeout?: number;
  /** Joins consecutive pieces of text that have arrived, and waits up to this number of milliseconds for more when you read faster than they arrive. @default off */
  streamCoalescing?: number;
  /**
   * What is done about a request that Bedrock or the model is known to refuse, such as a tool call without its result or a temperature that the model
   * does not take: `warn` changes it and reports each change in `response_metadata.warnings`; `strict` refuses it with a sentence; `off` sends it as it
   * is. @default "warn"
   */
  adaptation?: "warn" | "strict" | "off";
}

/** Another place where a chat model can be asked. */
export interface ChatFailoverTarget extends FailoverTarget {
  /** The guardrail for requests to this target, in place of the model's: a guardrail exists in one region. A call's own has precedence. */
  guardrailConfig?: GuardrailConfiguration;
}

/** Constructor options. */
export interface ChatBedrockConverseInput extends Omit<BaseChatModelParams, "maxRetries">, RequestOptions, ConnectionOptions, AvailabilityOptions<ChatFailoverTarget> {
  /** Model id, inference profile id or ARN. @default "anthropic.claude-haiku-4-5-20251001-v1:0" */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`; rules that depend on the model still follow `model`. */
  applicationInferenceProfile?: string;
  /**
   * Calls wait until they are within the limit, in the order in which they came; throttling lowers it for some minutes. Models with the same account,
   * region, model id and numbers share one. @default no limit
   */
  rateLimit?: RateLimit;
  /** Whether `invoke` streams internally. @default false */
  streaming?: boolean;
  /** Corrects single members of what is known of the model, which `profile` returns; that option is the AWS profile's name. */
  modelProfile?: ModelProfile;
  /** The `tool_choice` kinds that the model accepts. Default: what is known of the model; of an unknown one your choice is sent unchanged. */
  supportsToolChoiceValues?: ToolChoiceKind[];
}

/** Call options: of `invoke`, `stream`, `batch`, `withConfig` and the second argument of `bindTools`. */
export interface ChatBedrockConverseCallOptions extends BaseChatModelCallOptions, RequestOptions, AuthenticationOptions {
  stop?: string[];
  /** Tools the model may call. */
  tools?: ChatBedrockConverseToolType[];
  /** Whether the model is held to the schemas of `tools` that do not say so themselves; their schemas are then written in the subset that Bedrock accepts. @default false */
  strict?: boolean;
  /** Whether and which tool the model must call. */
  tool_choice?: BedrockConverseToolChoice;
  /** The schema of the answer, as `createAgent`'s `providerStrategy` passes it; it becomes `outputConfig.textFormat`. */
  response_format?: ResponseFormat;
  /** Headers in addition to `defaultHeaders`, over which they have precedence; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. Calls with another value than the constructor's do not share its connections. */
  connectTimeout?: number;
  /** Prompt caching for this call. */
  cache_control?: BedrockPromptCacheControl;
}

/** What `getNumTokensFromMessages` resolves with. */
export interface TokenCounts {
  /** All input tokens: of messages, system prompt, tools and what frames them. */
  totalCount: number;
  /** The share of each message. Without tools they add up to `totalCount`. */
  countPerMessage: number[];
}
