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
  /** Expiry; a provider function is called again before it. */
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

/** The tools that `bindTools` accepts: LangChain tools, zod-typed tools, OpenAI's and Anthropic's shapes, and Converse's own. */
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
  /** Of streams only. */
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

/** The members of `ConverseRequest` beside its messages. */
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
interface RequestOptions {
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
  /** Whether streamed answers have token usage. @default true */
  streamUsage?: boolean;
  /** Milliseconds between two events of a stream at most; if you set it, also until the first. 0: no limit. @default 3600000 */
  streamIdleTimeout?: number;
  /** Joins consecutive pieces of text that have arrived, and waits up to this number of milliseconds for more when you read faster than they arrive. @default off */
  streamCoalescing?: number;
  /** Milliseconds until the answer, or the first event of a stream, retries included; 0: no limit. @default 3600000 */
  responseTimeout?: number;
}

/** Authentication, of constructor and call; a call's has precedence. */
interface AuthenticationOptions {
  /** Credentials, or a function that fetches them. Default: the AWS chain: environment, profile, SSO, process, web identity, container, instance. */
  credentials?: CredentialType;
  /** A Bedrock API key, used instead of credentials; a function is called before each request. Default: `AWS_BEARER_TOKEN_BEDROCK`. */
  bedrockBearerToken?: string | (() => string | Promise<string>);
}

/** The values of AWS's own client configuration that the native client supports. */
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

/** Options of the connection. */
interface ConnectionOptions extends AuthenticationOptions {
  /** AWS region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, the instance's. */
  region?: string;
  /** AWS access key id, with `bedrockApiSecret`. Default: `BEDROCK_AWS_ACCESS_KEY_ID`. */
  bedrockApiKey?: string;
  /** AWS secret access key. Default: `BEDROCK_AWS_SECRET_ACCESS_KEY`. */
  bedrockApiSecret?: string;
  /** AWS session token. Default: `BEDROCK_AWS_SESSION_TOKEN`. */
  bedrockApiSessionToken?: string;
  /** A profile of the shared AWS files. Default: `AWS_PROFILE`. */
  profile?: string;
  /** The shared credentials file. Default: `AWS_SHARED_CREDENTIALS_FILE`, then `~/.aws/credentials`. */
  filepath?: string;
  /** The shared configuration file. Default: `AWS_CONFIG_FILE`, then `~/.aws/config`. */
  configFilepath?: string;
  /** A role to assume with the token in `webIdentityTokenFile`. Default: `AWS_ROLE_ARN`. */
  roleArn?: string;
  /** The file with the token. Default: `AWS_WEB_IDENTITY_TOKEN_FILE`. */
  webIdentityTokenFile?: string;
  /** Whether requests are sent without authentication, for a gateway that adds it. @default false */
  noAuth?: boolean;
  /** Host name to call instead of the region's. */
  endpointHost?: string;
  /** A whole URL to call instead of the region's, such as `http://127.0.0.1:8080`. It has precedence over `endpointHost`. Default: `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, `AWS_ENDPOINT_URL`. */
  endpointUrl?: string;
  /** Whether to use the region's FIPS endpoint. Default: `AWS_USE_FIPS_ENDPOINT`. */
  useFipsEndpoint?: boolean;
  /** Whether to use the region's dual-stack endpoint. Default: `AWS_USE_DUALSTACK_ENDPOINT`. */
  useDualstackEndpoint?: boolean;
  /** Headers for every request; they are signed. */
  defaultHeaders?: Record<string, string>;
  /** URL of a proxy, with user and password if it requires them; `false` for none. Default: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`. */
  proxy?: string | false;
  /** Hosts to reach without the proxy, comma separated. Default: `NO_PROXY`. */
  noProxy?: string;
  /** PEM files with certificates to trust beside the system's and Mozilla's. Default: `AWS_CA_BUNDLE`; `NODE_EXTRA_CA_CERTS` is always added. */
  caBundle?: string | string[];
  /** The HTTP version. `1.1` has a connection for each request under way; `2` has one for all, up to the server's limit of streams. @default "1.1" */
  httpVersion?: "1.1" | "2";
  /** Milliseconds for opening a connection, TLS included; 0: no limit. @default 10000 */
  connectTimeout?: number;
  /** The number of retries of a failed request. Default: `AWS_MAX_ATTEMPTS`, else 2. */
  maxRetries?: number;
  /** The retry mode; `adaptive` also delays first attempts while Bedrock throttles. Default: `AWS_RETRY_MODE`, else `standard`. */
  retryMode?: "standard" | "adaptive";
  /** A name for the user agent: letters, digits and the like, 50 characters at most. */
  userAgent?: string;
  /** Values of AWS's own client configuration; options of the constructor have precedence. Members that need JavaScript's client are refused. */
  clientOptions?: ClientOptions;
}

/** Constructor options. */
export interface ChatBedrockConverseInput extends Omit<BaseChatModelParams, "maxRetries">, RequestOptions, ConnectionOptions {
  /** Model id, inference profile id or ARN. @default "anthropic.claude-haiku-4-5-20251001-v1:0" */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`; rules that depend on the model still follow `model`. */
  applicationInferenceProfile?: string;
  /** Whether `invoke` streams internally. @default false */
  streaming?: boolean;
  /** The `tool_choice` kinds that the model accepts. Known for Claude, Nova, GPT, DeepSeek V3 and Mistral Large; for others your choice is sent unchanged. */
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
  /** The schema of the answer, as `createAgent`'s `providerStrategy` passes it; it becomes `outputConfig.textFormat`. */
  response_format?: ResponseFormat;
  /** Headers in addition to `defaultHeaders`, over which they have precedence; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. Calls with another value than the constructor's do not share its connections. */
  connectTimeout?: number;
  /** Prompt caching for this call. */
  cache_control?: BedrockPromptCacheControl;
}
