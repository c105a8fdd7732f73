/** The shapes that users write, as the Converse API has them, so that no AWS package is needed for types. */
import type { BaseChatModelCallOptions, BaseChatModelParams, BindToolsInput } from "@langchain/core/language_models/chat_models";
import type { Message, SystemContentBlock } from "./converse.js";
import type { DocumentType } from "./document.js";

/** Static AWS credentials. */
export interface AwsCredentialIdentity {
  /** Such as `AKIA…`, or `ASIA…` of temporary credentials. */
  readonly accessKeyId: string;
  /** Never shown in errors, logs or dumps of the model. */
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

/** Where prompt caching puts its cache points: after the system prompt, the tools and the last message. */
export type BedrockPromptCacheControl = {
  /** Taken for compatibility; Converse has one kind. */
  type?: "ephemeral";
  /** How long the cache lives; five minutes unless said. */
  ttl?: "5m" | "1h";
};

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html */
export interface GuardrailConfiguration {
  /** Id or ARN. */
  guardrailIdentifier?: string;
  /** A number, or `DRAFT`. */
  guardrailVersion?: string;
  /** Whether the answer tells in `response_metadata.trace` what the guardrail did. @default "disabled" */
  trace?: "enabled" | "disabled" | "enabled_full";
  /** Of streams only. */
  streamProcessingMode?: "sync" | "async";
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html */
export interface PerformanceConfiguration {
  /** `optimized` answers faster, with the few models that have it. @default "standard" */
  latency?: "standard" | "optimized";
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
export type ServiceTierType = "priority" | "default" | "flex" | "reserved";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html */
export interface OutputConfig {
  /** A JSON schema, as text, that the answer must follow. */
  textFormat?: { type: "json_schema"; structure: { jsonSchema: { schema: string; name?: string; description?: string } } };
  /** How much the model should think and write. */
  effort?: "low" | "medium" | "high" | "xhigh" | "max" | (string & {});
}

/** OpenAI's way to ask for JSON of a schema. */
export interface ResponseFormat {
  /** Converse has no other kind. */
  type: "json_schema";
  /** `strict` is taken for compatibility: Bedrock always holds the model to the schema. */
  json_schema: { schema: object; name?: string; description?: string; strict?: boolean };
}

/** What a request holds beside its messages: the members of `ConverseRequest`, in its words. */
export interface ConverseInvocationParams {
  /** From `maxTokens`, `temperature`, `topP` and `stop`. */
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  /** From `tools` and `tool_choice`. */
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

/** A whole `ConverseRequest`, as loose as the types that AWS generates: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export interface ConverseCommandParams extends Omit<ConverseInvocationParams, "toolConfig" | "serviceTier" | "outputConfig" | "promptVariables"> {
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

/** A piece of the model's reasoning, whole. These are types and no interfaces, so that they fit where LangChain wants any record. */
export type MessageContentReasoningBlockReasoningText = {
  type: "reasoning_content";
  reasoningText: { text: string; signature: string };
};

/** Reasoning that the provider keeps to itself: base64. */
export type MessageContentReasoningBlockRedacted = {
  type: "reasoning_content";
  redactedContent: string;
};

/** A piece of reasoning as it streams. */
export type MessageContentReasoningBlockReasoningTextPartial = {
  type: "reasoning_content";
  reasoningText: { text: string } | { signature: string };
};

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
  /** Fields of the model's own beyond Converse's, such as `thinking` or `top_k`. A call's members are merged into the constructor's; `null` removes one. */
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
  /** Milliseconds that a stream may be silent between its events, and before the first if you set it; 0 for ever. @default 60000 */
  streamIdleTimeout?: number;
  /** Joins neighbouring pieces of text that are here when you ask for the next chunk, and waits up to as many milliseconds for more of them when you ask faster than they come. @default off */
  streamCoalescing?: number;
  /** Milliseconds until the answer, or the first event of a stream, retries included; 0 for ever. @default 120000, and 600000 when the model thinks */
  responseTimeout?: number;
}

/** Who signs or vouches for a request; a constructor and a call both take it, and a call's wins. */
interface AuthenticationOptions {
  /** Credentials or a function that fetches them. Else the AWS chain: environment, profile, SSO, process, web identity, container, instance. */
  credentials?: CredentialType;
  /** A Bedrock API key, used instead of credentials; a function is asked before each request. Else `AWS_BEARER_TOKEN_BEDROCK`. */
  bedrockBearerToken?: string | (() => string | Promise<string>);
}

/** Plain values of AWS's own client configuration that the native client has. */
export interface ClientOptions {
  /** As the option `region`. */
  region?: string;
  /** As the option `endpointUrl`. */
  endpoint?: string | URL | { protocol?: string; hostname: string; port?: number; path?: string };
  /** As the option `credentials`. */
  credentials?: CredentialType;
  /** As the option `bedrockBearerToken`. */
  token?: { token: string } | (() => Promise<{ token: string }>);
  /** One more than the option `maxRetries`. */
  maxAttempts?: number;
  /** As the option `retryMode`. */
  retryMode?: "standard" | "adaptive";
  /** As the option `useFipsEndpoint`. */
  useFipsEndpoint?: boolean;
  /** As the option `useDualstackEndpoint`. */
  useDualstackEndpoint?: boolean;
  /** As the option `userAgent`. */
  customUserAgent?: string | [string, string?][];
  /** Timeouts in milliseconds; a handler instance cannot be used. */
  requestHandler?: { connectionTimeout?: number; requestTimeout?: number; socketTimeout?: number };
  /** As the option `profile`. */
  profile?: string;
}

/** Where requests go and how. */
interface ConnectionOptions extends AuthenticationOptions {
  /** AWS region. Else `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, the instance's. */
  region?: string;
  /** AWS access key id, with `bedrockApiSecret`. Else `BEDROCK_AWS_ACCESS_KEY_ID`. */
  bedrockApiKey?: string;
  /** AWS secret access key. Else `BEDROCK_AWS_SECRET_ACCESS_KEY`. */
  bedrockApiSecret?: string;
  /** AWS session token. Else `BEDROCK_AWS_SESSION_TOKEN`. */
  bedrockApiSessionToken?: string;
  /** A profile of the shared AWS files. Else `AWS_PROFILE`. */
  profile?: string;
  /** The shared credentials file. Else `AWS_SHARED_CREDENTIALS_FILE`, then `~/.aws/credentials`. */
  filepath?: string;
  /** The shared configuration file. Else `AWS_CONFIG_FILE`, then `~/.aws/config`. */
  configFilepath?: string;
  /** A role to assume with the token in `webIdentityTokenFile`. Else `AWS_ROLE_ARN`. */
  roleArn?: string;
  /** The file that holds the token. Else `AWS_WEB_IDENTITY_TOKEN_FILE`. */
  webIdentityTokenFile?: string;
  /** Whether requests go out unauthenticated, for a gateway that authenticates them. @default false */
  noAuth?: boolean;
  /** Host name to call instead of the region's. */
  endpointHost?: string;
  /** A whole URL to call instead of the region's, such as `http://127.0.0.1:8080`. It beats `endpointHost`. Else `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, `AWS_ENDPOINT_URL`. */
  endpointUrl?: string;
  /** The region's FIPS endpoint. Else `AWS_USE_FIPS_ENDPOINT`. */
  useFipsEndpoint?: boolean;
  /** The region's dual-stack endpoint. Else `AWS_USE_DUALSTACK_ENDPOINT`. */
  useDualstackEndpoint?: boolean;
  /** Headers for every request; they are signed. */
  defaultHeaders?: Record<string, string>;
  /** URL of a proxy, with user and password in it if it wants them; `false` for none. Else `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`. */
  proxy?: string | false;
  /** Hosts to reach without the proxy, comma separated. Else `NO_PROXY`. */
  noProxy?: string;
  /** PEM files with certificates to trust beside the system's and Mozilla's. Else `AWS_CA_BUNDLE`; `NODE_EXTRA_CA_CERTS` is always added. */
  caBundle?: string | string[];
  /** The HTTP version to insist on. By default HTTP/2 where the other side offers it. */
  httpVersion?: "1.1" | "2";
  /** Milliseconds that a connection may take to stand, TLS included; 0 for ever. @default 10000 */
  connectTimeout?: number;
  /** How often a failed request is sent again; `0` never. Else `AWS_MAX_ATTEMPTS`, then two times. */
  maxRetries?: number;
  /** How retries are timed; `adaptive` holds back first attempts too while Bedrock throttles. Else `AWS_RETRY_MODE`, then `standard`. */
  retryMode?: "standard" | "adaptive";
  /** A name for the user agent: letters, digits and the like, 50 characters at most. */
  userAgent?: string;
  /** Values of AWS's own client configuration; the options here beat what is in there. What only JavaScript can run is refused. */
  clientOptions?: ClientOptions;
}

/** Constructor options. */
export interface ChatBedrockConverseInput extends Omit<BaseChatModelParams, "maxRetries">, RequestOptions, ConnectionOptions {
  /** Model id, inference profile id or ARN. @default "anthropic.claude-haiku-4-5-20251001-v1:0" */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`; `model` still tells what the model can do. */
  applicationInferenceProfile?: string;
  /** Whether `invoke` streams behind the scenes. @default false */
  streaming?: boolean;
  /** Which `tool_choice` kinds the model takes. Known for Claude, Nova, GPT, DeepSeek V3 and Mistral Large; others are asked as you say. */
  supportsToolChoiceValues?: ("auto" | "any" | "tool")[];
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
  /** The schema of the answer, as `createAgent`'s `providerStrategy` gives it; it becomes `outputConfig.textFormat`. */
  response_format?: ResponseFormat;
  /** Headers beside `defaultHeaders`, which they beat; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds that a connection may take to stand. Calls with another value than the constructor's do not share its connections. */
  connectTimeout?: number;
  /** Prompt caching for this call. */
  cache_control?: BedrockPromptCacheControl;
}
