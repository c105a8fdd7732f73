/** The shapes that users write, as the Converse API has them, so that no AWS package is needed for types. */
import type { BaseChatModelCallOptions, BaseChatModelParams, BindToolsInput } from "@langchain/core/language_models/chat_models";

/** Free JSON, as model-specific fields and tool schemas are. */
export type DocumentType = null | boolean | number | string | DocumentType[] | { [member: string]: DocumentType };

/** Static AWS credentials. */
export interface AwsCredentialIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** When they end; a provider function is called again before that. */
  readonly expiration?: Date;
}

/** AWS credentials, or a function that fetches them: called before the first request and again before they expire. */
export type CredentialType = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);

/** A JSON schema for a tool's input. */
export interface ToolInputSchema {
  json?: DocumentType;
}

/** A tool as Converse has it: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Tool.html */
export type Tool =
  | { toolSpec: { name: string; description?: string; inputSchema: ToolInputSchema; strict?: boolean } }
  | { systemTool: { name: string } }
  | { cachePoint: { type: "default"; ttl?: "5m" | "1h" } };

/** What `bindTools` takes: LangChain tools, zod-typed tools, OpenAI's and Anthropic's shapes, and Converse's own. */
export type ChatBedrockConverseToolType = BindToolsInput | Tool;

/** Which tool the model must call: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html */
export type BedrockToolChoice = { auto: Record<string, never> } | { any: Record<string, never> } | { tool: { name: string } };

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

/** Where prompt caching puts its cache points: after the system prompt, the tools and the last message. */
export interface BedrockPromptCacheControl {
  /** Taken for compatibility; Converse has one kind. */
  type?: "ephemeral";
  /** How long the cache lives; five minutes unless said. */
  ttl?: "5m" | "1h";
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html */
export interface GuardrailConfiguration {
  guardrailIdentifier?: string;
  guardrailVersion?: string;
  trace?: "enabled" | "disabled" | "enabled_full";
  /** Of streams only. */
  streamProcessingMode?: "sync" | "async";
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html */
export interface PerformanceConfiguration {
  latency?: "standard" | "optimized";
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
export type ServiceTierType = "priority" | "default" | "flex" | "reserved";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html */
export interface OutputConfig {
  textFormat?: { type: "json_schema"; structure: { jsonSchema: { schema: string; name?: string; description?: string } } };
  effort?: "low" | "medium" | "high" | "xhigh" | "max" | (string & {});
}

/** What a request holds beside its messages: the members of `ConverseRequest`, in its words. */
export interface ConverseInvocationParams {
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  toolConfig?: { tools: Tool[]; toolChoice?: BedrockToolChoice };
  guardrailConfig?: GuardrailConfiguration;
  additionalModelRequestFields?: DocumentType;
  promptVariables?: Record<string, { text: string }>;
  additionalModelResponseFieldPaths?: string[];
  requestMetadata?: Record<string, string>;
  performanceConfig?: PerformanceConfiguration;
  serviceTier?: { type: ServiceTierType };
  outputConfig?: OutputConfig;
}

/** A whole `ConverseRequest`. */
export interface ConverseCommandParams extends ConverseInvocationParams {
  modelId: string | undefined;
  messages?: { role: "user" | "assistant"; content: Record<string, unknown>[] }[];
  system?: Record<string, unknown>[];
}

/** A piece of the model's reasoning, whole. */
export interface MessageContentReasoningBlockReasoningText {
  type: "reasoning_content";
  reasoningText: { text: string; signature: string };
}

/** Reasoning that the provider keeps to itself: base64. */
export interface MessageContentReasoningBlockRedacted {
  type: "reasoning_content";
  redactedContent: string;
}

/** A piece of reasoning as it streams. */
export interface MessageContentReasoningBlockReasoningTextPartial {
  type: "reasoning_content";
  reasoningText: { text: string } | { signature: string };
}

/** Reasoning in a message's content. */
export type MessageContentReasoningBlock =
  | MessageContentReasoningBlockReasoningText
  | MessageContentReasoningBlockRedacted
  | MessageContentReasoningBlockReasoningTextPartial;

/** The request options that a constructor and a call both take; a call's win. */
interface RequestOptions {
  /** Randomness of the answer, 0 to 1. The default is the model's. */
  temperature?: number;
  /** How many tokens the answer may have. The default is the model's. */
  maxTokens?: number;
  /** The share of likely tokens to choose from, 0 to 1. The default is the model's. */
  topP?: number;
  /** Texts at which the model stops. */
  stop?: string[];
  /** Fields of the model's own beyond Converse's, such as `thinking` or `top_k`. */
  additionalModelRequestFields?: DocumentType;
  /** JSON pointers of the model's own response fields that the answer should hold. */
  additionalModelResponseFieldPaths?: string[];
  /** A guardrail for the request. */
  guardrailConfig?: GuardrailConfiguration;
  /** Latency of the model. */
  performanceConfig?: PerformanceConfiguration;
  /** Processing tier. */
  serviceTier?: ServiceTierType;
  /** Pairs by which invocation logs can be filtered. */
  requestMetadata?: Record<string, string>;
  /** Values for the variables of a stored prompt, when `model` is a prompt's ARN. */
  promptVariables?: Record<string, { text: string }>;
  /** The form of the answer and the effort behind it. */
  outputConfig?: OutputConfig;
  /** Whether streamed answers tell token usage. @default true */
  streamUsage?: boolean;
  /** Milliseconds that a stream may be silent, before its first and between its events; 0 for ever. @default 60000 */
  streamIdleTimeout?: number;
}

/** Constructor options. */
export interface ChatBedrockConverseInput extends BaseChatModelParams, RequestOptions {
  /** Model id, inference profile id or ARN. @default "anthropic.claude-haiku-4-5-20251001-v1:0" */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`; `model` still tells what the model can do. */
  applicationInferenceProfile?: string;
  /** Whether `invoke` streams behind the scenes. @default false */
  streaming?: boolean;
  /** Which `tool_choice` kinds the model takes. Known for Claude, Nova and Mistral Large; others are asked as you say. */
  supportsToolChoiceValues?: ("auto" | "any" | "tool")[];
  /** AWS region. Else `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, the instance's. */
  region?: string;
  /** Credentials or a function that fetches them. Else the AWS chain: environment, profile, SSO, process, web identity, container, instance. */
  credentials?: CredentialType;
  /** AWS access key id, with `bedrockApiSecret`. Else `BEDROCK_AWS_ACCESS_KEY_ID`. */
  bedrockApiKey?: string;
  /** AWS secret access key. Else `BEDROCK_AWS_SECRET_ACCESS_KEY`. */
  bedrockApiSecret?: string;
  /** AWS session token. Else `BEDROCK_AWS_SESSION_TOKEN`. */
  bedrockApiSessionToken?: string;
  /** A Bedrock API key, used instead of credentials. Else `AWS_BEARER_TOKEN_BEDROCK`. */
  bedrockBearerToken?: string;
  /** A profile of the shared AWS files. Else `AWS_PROFILE`. */
  profile?: string;
  /** Host name to call instead of the region's. */
  endpointHost?: string;
  /** A whole URL to call instead of the region's, such as `http://127.0.0.1:8080`. It beats `endpointHost`. */
  endpointUrl?: string;
  /** Headers for every request; they are signed. */
  defaultHeaders?: Record<string, string>;
}

/** Call options: of `invoke`, `stream`, `batch`, `withConfig` and the second argument of `bindTools`. */
export interface ChatBedrockConverseCallOptions extends BaseChatModelCallOptions, RequestOptions {
  stop?: string[];
  /** Tools the model may call. */
  tools?: ChatBedrockConverseToolType[];
  /** Whether and which tool the model must call. */
  tool_choice?: BedrockConverseToolChoice;
  /** Prompt caching for this call. */
  cache_control?: BedrockPromptCacheControl;
}
