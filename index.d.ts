import { BaseChatModel, BaseChatModelCallOptions, BaseChatModelParams, BindToolsInput, LangSmithParams } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, BaseMessage, BaseMessageLike, MessageContent, UsageMetadata } from "@langchain/core/messages";
import { Runnable, RunnableConfig } from "@langchain/core/runnables";
import { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { SerializableSchema } from "@langchain/core/utils/standard_schema";
import { InteropZodType } from "@langchain/core/utils/types";
import { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { Embeddings, EmbeddingsParams } from "@langchain/core/embeddings";
import { Document, DocumentInterface } from "@langchain/core/documents";
import { BaseRetriever, BaseRetrieverInput } from "@langchain/core/retrievers";
import { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import { ModelProfile } from "@langchain/core/language_models/profile";
// @ts-ignore: Where the package is not installed, its types are `any`.
import { BedrockRuntimeClient as BedrockRuntimeClient$1, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
// @ts-ignore: Where the package is not installed, its types are `any`.
import { BedrockAgentRuntimeClient as BedrockAgentRuntimeClient$1, BedrockAgentRuntimeClientConfig, GuardrailConfiguration as GuardrailConfiguration$1, ImplicitFilterConfiguration, RetrievalFilter as RetrievalFilter$1, SearchType as SearchType$1, VectorSearchRerankingConfiguration } from "@aws-sdk/client-bedrock-agent-runtime";
// @ts-ignore: Where the package is not installed, its types are `any`.
import { AttributeFilter as AttributeFilter$1, DocumentAttribute as DocumentAttribute$1, DocumentAttributeValue as DocumentAttributeValue$1, KendraClient as KendraClient$1, KendraClientConfig, QueryCommandOutput as QueryCommandOutput$1, QueryResultItem as QueryResultItem$1, RetrieveCommandOutput as RetrieveCommandOutput$1, RetrieveResultItem as RetrieveResultItem$1 } from "@aws-sdk/client-kendra";

//#region langchain/types/availability.d.ts
/** Another place where a model can be asked. What it does not name is the model's own: credentials, headers, network, time limits. */
interface FailoverTarget {
  /** AWS region. The id of an inference profile is changed to the one of its geography (`us.` to `eu.`); its endpoint is AWS's own. */
  region?: string;
  /** A whole URL, of a gateway for example. */
  endpointUrl?: string;
  /** Model id, inference profile id or ARN. Default: the model's. */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`. */
  applicationInferenceProfile?: string;
}
/** A second request for an answer that does not begin in time. */
interface HedgeOptions {
  /** Milliseconds without the beginning of an answer: the first event of a stream, or the whole answer of `invoke`. */
  after: number;
}
/** Constructor options of failover and hedging. */
interface AvailabilityOptions<Target extends FailoverTarget = FailoverTarget> {
  /**
  * Targets that are asked in their order when the model's own is throttled, unavailable, cannot be reached or does not answer in time, before the first
  * event of a stream. What a target refuses (400, 403, 404) is not asked again. `maxRetries` retries are those of all targets together. Default: none.
  */
  failover?: Target[];
  /**
  * Milliseconds after which a target that has not begun to answer counts as failed, and another is asked. The last one is waited for. With `invoke` it
  * is the time of the whole answer. 0, the default: no limit but `responseTimeout`, which ends the call.
  */
  failoverAfter?: number;
  /**
  * Asks the next target too when an answer does not begin in time, once for a call; the first to begin is the answer, the other is cancelled. Without
  * `failover` the same target is asked a second time. Both requests may be billed. Default: none.
  */
  hedge?: HedgeOptions;
}
/** A target that was asked. URLs are without user, password and query. */
interface TargetDescription {
  /** Empty when only the AWS profile or the instance knows it. */
  region: string;
  /** The id or ARN that was called. */
  model: string;
  /** Where options or environment name one. */
  endpointUrl?: string;
}
/** A target that failed, in `targets` of an error. */
interface FailedTarget extends TargetDescription {
  /** The error's name or code, such as `ThrottlingException` or `ECONNREFUSED`. */
  error: string;
  message: string;
  /** How often it was asked. */
  attempts: number;
}
//#endregion
//#region langchain/types/credentials.d.ts
/** Static AWS credentials. */
interface AwsCredentialIdentity {
  /** Such as `AKIA…`, or `ASIA…` of temporary credentials. */
  readonly accessKeyId: string;
  /** Never shown in errors, logs or dumps of the model. */
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** When they expire. A function is called again before that, in the background; keys without it are kept until Bedrock refuses them. */
  readonly expiration?: Date;
}
/**
* AWS credentials, or a function that fetches them: called before the first request, before they expire, and when Bedrock refuses them. Requests that need
* them at the same time share one call of it. What it throws is thrown by the requests that have no good keys.
*/
type CredentialType = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);
//#endregion
//#region langchain/types/aws_client.d.ts
/** `Fallback` where `Type` is `any`, which a type of a package that is not installed is. */
type IfInstalled<Type, Fallback> = 0 extends 1 & Type ? Fallback : Type;
/** The client of `@aws-sdk/client-bedrock-runtime`; an object with its method `send` where that package is not installed. */
type BedrockRuntimeClient = IfInstalled<BedrockRuntimeClient$1, AnyClient>;
/** What is known of a client of AWS's whose package is not installed. */
type AnyClient = {
  send: (...parameters: any[]) => any;
} & Record<string, any>;
/** The configuration of that client; where its package is not installed, the members that the native client takes. */
type ClientOptions = IfInstalled<BedrockRuntimeClientConfig, SupportedClientOptions & Record<string, any>>;
/** The members of AWS's own client configuration that the native client takes. */
interface SupportedClientOptions {
  /** As the option `region`. */
  region?: string;
  /** As the option `endpointUrl`. */
  endpoint?: string | URL | {
    protocol?: string;
    hostname: string;
    port?: number;
    path?: string;
  };
  /** As the option `credentials`. */
  credentials?: CredentialType;
  /** As the option `bedrockBearerToken`. */
  token?: {
    token: string;
    expiration?: Date;
  } | (() => Promise<{
    token: string;
    expiration?: Date;
  }>);
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
  /** Timeouts in milliseconds. */
  requestHandler?: {
    connectionTimeout?: number;
    requestTimeout?: number;
    socketTimeout?: number;
  };
  /** As the option `profile`. */
  profile?: string;
}
//#endregion
//#region langchain/types/connection.d.ts
/** Of constructor and call; a call's has precedence. */
interface TimeLimitOptions {
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
/** A limit that calls are held to before they are sent. At least one member is given; each is a whole number of at least 1. */
interface RateLimit {
  /** Requests in any minute. Default: any number. */
  requestsPerMinute?: number;
  /** Tokens of Bedrock's quota in any minute: at first input and `maxTokens`, then what the answer used, which docs/availability.md explains. Default: any number. */
  tokensPerMinute?: number;
}
/** Options of the connection, which all classes of the package have. */
interface ConnectionOptions extends AuthenticationOptions, TimeLimitOptions {
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
  /** The HTTP version. `1.1` has a connection for each request under way; `2` has one for each hundred of them. @default "1.1" */
  httpVersion?: "1.1" | "2";
  /** Milliseconds for opening a connection, TLS included; 0: no limit. @default 10000 */
  connectTimeout?: number;
  /** The number of retries of a failed request. Default: `AWS_MAX_ATTEMPTS`, else 2. */
  maxRetries?: number;
  /** The retry mode; `adaptive` also delays first attempts while Bedrock throttles. Default: `AWS_RETRY_MODE`, else `standard`. */
  retryMode?: "standard" | "adaptive";
  /** A name for the user agent: letters, digits and the like, 50 characters at most. */
  userAgent?: string;
  /** A client of AWS's for JavaScript: requests go through its method `send`. */
  client?: BedrockRuntimeClient;
  /**
  * The configuration of AWS's own client; options of the constructor have precedence. Members that only AWS's client for JavaScript can serve, such as
  * an instance of a request handler, a logger or a retry strategy, make requests go through that client.
  */
  clientOptions?: ClientOptions;
  /** Whether the shared AWS files are read anew. With it, requests go through AWS's client for JavaScript, as with the three below. */
  ignoreCache?: boolean;
  /** Asks the user for the code of a device with this serial number, for a profile with `mfa_serial`. */
  mfaCodeProvider?: (mfaSerial: string) => Promise<string>;
  /** Assumes the role of a profile in place of AWS's own code. */
  roleAssumer?: (source: AwsCredentialIdentity, parameters: any) => Promise<AwsCredentialIdentity>;
  /** Assumes a role with a web identity in place of AWS's own code. */
  roleAssumerWithWebIdentity?: (parameters: any) => Promise<AwsCredentialIdentity>;
}
//#endregion
//#region langchain/types/document.d.ts
/** Free JSON, as model-specific fields and tool schemas are: what AWS's API models call a document. */
type DocumentType = null | boolean | number | string | DocumentType[] | {
  [member: string]: DocumentType;
};
//#endregion
//#region langchain/types/converse.d.ts
/** Bytes, or an object in S3. Over the wire bytes are base64 texts. */
interface MediaSource {
  bytes?: Uint8Array;
  s3Location?: S3Location;
}
/** An object in S3, which some models can read. */
interface S3Location {
  /** Such as `s3://bucket/key`. */
  uri: string | undefined;
  /** The account that owns the bucket, if it is another one: 12 digits. */
  bucketOwner?: string;
}
/** The end of a prompt prefix that Bedrock caches: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
interface CachePoint {
  type: "default" | undefined;
  /** Its lifetime after the last use. @default "5m" */
  ttl?: "5m" | "1h";
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
interface ImageBlock {
  format: "png" | "jpeg" | "gif" | "webp" | undefined;
  source: MediaSource | undefined;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoBlock.html */
interface VideoBlock {
  format: "mkv" | "mov" | "mp4" | "webm" | "flv" | "mpeg" | "mpg" | "wmv" | "three_gp" | undefined;
  source: MediaSource | undefined;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_AudioBlock.html */
interface AudioBlock {
  format: string | undefined;
  source: MediaSource | undefined;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
interface DocumentBlock {
  /** @default "txt" */
  format?: "pdf" | "csv" | "doc" | "docx" | "xls" | "xlsx" | "html" | "txt" | "md";
  /** Letters, digits, single spaces, hyphens, parentheses and square brackets; the model sees it. */
  name: string | undefined;
  source: (MediaSource & {
    text?: string;
    content?: {
      text?: string;
    }[];
  }) | undefined;
  /** Information about the document for the model. */
  context?: string;
  /** Whether the answer should cite it. */
  citations?: {
    enabled: boolean | undefined;
  };
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SearchResultBlock.html */
interface SearchResultBlock {
  source: string | undefined;
  title: string | undefined;
  content: {
    text: string | undefined;
  }[] | undefined;
  citations?: {
    enabled: boolean | undefined;
  };
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html */
interface ToolUseBlock {
  toolUseId: string | undefined;
  name: string | undefined;
  input: DocumentType | undefined;
  /** Set when Bedrock runs the tool itself. */
  type?: "server_tool_use";
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html */
interface ToolResultBlock {
  /** The `toolUseId` that it answers. */
  toolUseId: string | undefined;
  content: ToolResultContentBlock[] | undefined;
  /** @default "success" */
  status?: "success" | "error";
  type?: string;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html */
interface ToolResultContentBlock {
  text?: string;
  json?: DocumentType;
  image?: ImageBlock;
  document?: DocumentBlock;
  video?: VideoBlock;
  searchResult?: SearchResultBlock;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConverseContentBlock.html */
interface GuardContentBlock {
  text?: {
    text: string | undefined;
    qualifiers?: ("grounding_source" | "query" | "guard_content")[];
  };
  image?: {
    format: "png" | "jpeg" | undefined;
    source: {
      bytes?: Uint8Array;
    } | undefined;
  };
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningContentBlock.html */
interface ReasoningContentBlock {
  /** The model verifies the text by `signature`; send both back unchanged. */
  reasoningText?: {
    text: string | undefined;
    signature?: string;
  };
  redactedContent?: Uint8Array;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationsContentBlock.html */
interface CitationsContentBlock {
  content?: {
    text?: string;
  }[];
  citations?: {
    title?: string;
    source?: string;
    sourceContent?: {
      text?: string;
    }[];
    location?: object;
  }[];
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
interface ContentBlock {
  text?: string;
  image?: ImageBlock;
  document?: DocumentBlock;
  video?: VideoBlock;
  audio?: AudioBlock;
  toolUse?: ToolUseBlock;
  toolResult?: ToolResultBlock;
  guardContent?: GuardContentBlock;
  cachePoint?: CachePoint;
  reasoningContent?: ReasoningContentBlock;
  citationsContent?: CitationsContentBlock;
  searchResult?: SearchResultBlock;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SystemContentBlock.html */
interface SystemContentBlock {
  text?: string;
  guardContent?: GuardContentBlock;
  cachePoint?: CachePoint;
}
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
interface Message {
  role: "user" | "assistant" | "system" | undefined;
  content: ContentBlock[] | undefined;
}
//#endregion
//#region langchain/types/guardrails.d.ts
/** What a guardrail assesses: what goes to a model, or what comes from it. */
type GuardrailContentSource = "INPUT" | "OUTPUT";
/** What a guardrail did about what it found: `NONE` where it only reports. */
type GuardrailPolicyAction = "BLOCKED" | "ANONYMIZED" | "NONE" | (string & {});
interface Found {
  action: GuardrailPolicyAction;
  /** `false` in assessments of the scope `FULL`, or of the trace `enabled_full`, which have what was looked for and not found too. */
  detected?: boolean;
}
/** A denied topic. */
interface GuardrailTopic extends Found {
  name: string;
  type: "DENY" | (string & {});
}
/** A category of harmful content. */
interface GuardrailContentFilter extends Found {
  type: "INSULTS" | "HATE" | "SEXUAL" | "VIOLENCE" | "MISCONDUCT" | "PROMPT_ATTACK" | (string & {});
  confidence: "NONE" | "LOW" | "MEDIUM" | "HIGH" | (string & {});
  filterStrength?: "NONE" | "LOW" | "MEDIUM" | "HIGH" | (string & {});
}
/** A word of the guardrail's own list. */
interface GuardrailCustomWord extends Found {
  match: string;
}
/** A word of a list of AWS's. */
interface GuardrailManagedWord extends Found {
  match: string;
  type: "PROFANITY" | (string & {});
}
/** Personal data. */
interface GuardrailPiiEntityFilter extends Found {
  match: string;
  /** Such as `EMAIL` or `US_SOCIAL_SECURITY_NUMBER`. */
  type: string;
}
/** What a regular expression of the guardrail matches. */
interface GuardrailRegexFilter extends Found {
  name?: string;
  match?: string;
  regex?: string;
}
/** How well an answer is grounded in its source, or fits the question. */
interface GuardrailContextualGroundingFilter extends Found {
  type: "GROUNDING" | "RELEVANCE" | (string & {});
  /** 0 to 1; a lower score is an intervention. */
  threshold: number;
  /** 0 to 1. */
  score: number;
}
/** A finding of automated reasoning; its one member is named for what was found: `valid`, `invalid`, `satisfiable`, `impossible` … */
type GuardrailAutomatedReasoningFinding = Record<string, unknown>;
/** Text units, and images, that each policy has assessed. */
type GuardrailUsage = Record<string, number>;
/** How many characters and images were assessed, of how many. */
interface GuardrailCoverage {
  textCharacters?: {
    guarded?: number;
    total?: number;
  };
  images?: {
    guarded?: number;
    total?: number;
  };
}
/** What a guardrail found, policy by policy. */
interface GuardrailAssessment {
  topicPolicy?: {
    topics: GuardrailTopic[];
  };
  contentPolicy?: {
    filters: GuardrailContentFilter[];
  };
  wordPolicy?: {
    customWords: GuardrailCustomWord[];
    managedWordLists: GuardrailManagedWord[];
  };
  sensitiveInformationPolicy?: {
    piiEntities: GuardrailPiiEntityFilter[];
    regexes: GuardrailRegexFilter[];
  };
  contextualGroundingPolicy?: {
    filters?: GuardrailContextualGroundingFilter[];
  };
  automatedReasoningPolicy?: {
    findings?: GuardrailAutomatedReasoningFinding[];
  };
  invocationMetrics?: {
    guardrailProcessingLatency?: number;
    usage?: GuardrailUsage;
    guardrailCoverage?: GuardrailCoverage;
  };
  appliedGuardrailDetails?: {
    guardrailId?: string;
    guardrailVersion?: string;
    guardrailArn?: string;
    guardrailOrigin?: ("REQUEST" | "ACCOUNT_ENFORCED" | "ORGANIZATION_ENFORCED" | (string & {}))[];
    guardrailOwnership?: "SELF" | "CROSS_ACCOUNT" | (string & {});
  };
}
/** `response_metadata.trace.guardrail` of an answer. Its members are keyed by the id of the guardrail. */
interface GuardrailTraceAssessment {
  inputAssessment?: Record<string, GuardrailAssessment>;
  outputAssessments?: Record<string, GuardrailAssessment[]>;
  /** What the model said before the guardrail intervened. */
  modelOutput?: string[];
  actionReason?: string;
}
/** One thing that a guardrail found: the entry of its assessment, and where that stood. `policy` tells what other members it has. */
type GuardrailFinding = {
  source: GuardrailContentSource;
  guardrailId?: string;
} & (({
  policy: "topicPolicy";
} & GuardrailTopic) | ({
  policy: "contentPolicy";
} & GuardrailContentFilter) | ({
  policy: "wordPolicy";
  type?: string;
} & GuardrailCustomWord) | ({
  policy: "sensitiveInformationPolicy";
  type?: string;
  name?: string;
  regex?: string;
  match?: string;
} & Found) | ({
  policy: "contextualGroundingPolicy";
} & GuardrailContextualGroundingFilter) | {
  policy: "automatedReasoningPolicy";
  finding: GuardrailAutomatedReasoningFinding;
  action?: undefined;
});
/** An answer in place of which a guardrail speaks. `trace` is there if `guardrailConfig.trace` is on. */
type GuardrailIntervention = AIMessage & {
  response_metadata: {
    stopReason?: "guardrail_intervened";
    trace?: {
      guardrail?: GuardrailTraceAssessment;
    };
  };
};
/** The texts that take the place of what a guardrail blocked. */
interface GuardrailRedaction {
  /** @default "[User input redacted.]" */
  input?: string;
  /** @default "[Assistant output redacted.]" */
  output?: string;
}
/** A text, LangChain's blocks of text and images (png or jpeg, as bytes), or Bedrock's: `{ text: { text, qualifiers: ["grounding_source"] } }`. */
type GuardrailInput = MessageContent | GuardrailContentBlock[];
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailContentBlock.html */
type GuardrailContentBlock = {
  text: {
    text: string;
    qualifiers?: ("grounding_source" | "query" | "guard_content")[];
  };
  image?: never;
} | {
  image: {
    format: "png" | "jpeg";
    source: {
      bytes: Uint8Array | string;
    };
  };
  text?: never;
};
/** Options of a request about a guardrail that are about its connection. */
interface GuardrailCallOptions extends AuthenticationOptions, TimeLimitOptions {
  /** Ends the request. */
  signal?: AbortSignal;
  /** Headers in addition to `defaultHeaders`; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. */
  connectTimeout?: number;
}
/** Options of `applyGuardrail`. */
interface ApplyGuardrailOptions extends GuardrailCallOptions {
  /** Whether the content goes to a model or comes from one. */
  source: GuardrailContentSource;
  /** The guardrail. Default: the model's. */
  guardrailConfig?: {
    guardrailIdentifier?: string;
    guardrailVersion?: string;
  };
  /** `FULL`: assessments have what was looked for and not found too. @default "INTERVENTIONS" */
  outputScope?: "INTERVENTIONS" | "FULL";
}
/** What `applyGuardrail` resolves with: Bedrock's answer, and the source that was asked about. */
interface GuardrailAnswer {
  source: GuardrailContentSource;
  action: "NONE" | "GUARDRAIL_INTERVENED" | (string & {});
  actionReason?: string;
  /** The guardrail's own text for content that it blocked, or each text with what it masked; empty without an intervention. */
  outputs: {
    text?: string;
  }[];
  assessments: GuardrailAssessment[];
  usage: GuardrailUsage;
  guardrailCoverage?: GuardrailCoverage;
}
/** Which checks `invokeGuardrailChecks` makes: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailChecksConfig.html */
interface GuardrailChecksConfig {
  contentFilter?: {
    categories: {
      category: "VIOLENCE" | "HATE" | "SEXUAL" | "MISCONDUCT" | "INSULTS" | (string & {});
    }[];
  };
  promptAttack?: {
    categories: {
      category: "JAILBREAK" | "PROMPT_INJECTION" | "PROMPT_LEAKAGE" | (string & {});
    }[];
  };
  /** Such as `EMAIL`. */
  sensitiveInformation?: {
    entities: {
      type: string;
    }[];
  };
}
/** What `invokeGuardrailChecks` resolves with. Scores are 0 to 1; nothing is blocked. */
interface GuardrailChecksAnswer {
  results: {
    contentFilter?: {
      results: {
        category: string;
        severityScore: number;
      }[];
    };
    promptAttack?: {
      results: {
        category: string;
        severityScore: number;
      }[];
    };
    sensitiveInformation?: {
      /** Characters `beginOffset` to `endOffset` of the text `contentIndex` of the message `messageIndex`, all counted from 0. */
      results: {
        type: string;
        confidenceScore: number;
        beginOffset: number;
        endOffset: number;
        messageIndex: number;
        contentIndex: number;
      }[];
      /** Whether there were more than are listed. */
      truncated?: boolean;
    };
  };
  usage: {
    contentFilter?: {
      textUnits: number;
    };
    promptAttack?: {
      textUnits: number;
    };
    sensitiveInformation?: {
      textUnits: number;
    };
  };
}
/** Options of `GuardrailRunnable`. */
interface GuardrailRunnableFields extends ConnectionOptions {
  /** Id or ARN. */
  guardrailIdentifier: string;
  /** A number, or `DRAFT`. */
  guardrailVersion: string;
  /** `INPUT`: it stands before a model, and assesses the user's last turn; `OUTPUT`: behind one, and assesses its answer. */
  source: GuardrailContentSource;
  /** What becomes of blocked content: `throw` throws a {@link GuardrailInterventionError}, `replace` passes the guardrail's own text on. Default: `throw` for `INPUT`, `replace` for `OUTPUT`. */
  onBlocked?: "throw" | "replace";
  /** Requests at once. Default: no limit. */
  maxConcurrency?: number;
}
/** What a `GuardrailRunnable` takes and passes on: a text, a message, or messages. */
type GuardrailSubject = string | BaseMessage | BaseMessage[];
//#endregion
//#region langchain/types/media.d.ts
/**
* Which images, documents and videos are fetched, that messages name by `https:` URLs. Whoever writes messages, a tool's output too, names the URLs, so
* nothing is fetched but what is allowed here.
*/
interface FetchMediaOptions {
  /**
  * The hosts: names such as `"cdn.example.com"`, `"*.example.com"` for all below it, `"example.com:8443"` for another port than 443; or a function that
  * says `true`. Each redirect is asked about again.
  */
  hosts: readonly string[] | ((url: URL) => boolean | Promise<boolean>);
  /** Bytes of one file at most, up to 104857600, which all files of a call have together at most. @default 26214400 */
  maxBytes?: number;
  /** Milliseconds for all files of a call, with redirects and the function `hosts`. They count towards `responseTimeout`. @default 30000 */
  timeout?: number;
  /**
  * For development and tests: whether private addresses and this machine are reached as well. Link-local addresses, where services of instance metadata are,
  * never are. @default false
  */
  allowPrivateAddresses?: boolean;
}
/** Options of `mediaFromFile`. */
interface MediaFromFileOptions {
  /** The MIME type, for a format that neither its bytes nor its ending tell. */
  mimeType?: string;
  /** The name of a document. Default: the file's, without its ending. */
  name?: string;
  /** Bytes at most. @default 26214400 */
  maxBytes?: number;
}
/** A content block of LangChain with the bytes of a file. */
interface MediaBlock {
  type: "image" | "file" | "video" | "audio";
  mimeType: string;
  data: Uint8Array;
  /** Of a document. */
  metadata?: {
    name: string;
  };
}
//#endregion
//#region langchain/types/chat.d.ts
/** A JSON schema for a tool's input. */
interface ToolInputSchema {
  json?: DocumentType;
}
/** A tool as Converse has it: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Tool.html */
type Tool = {
  toolSpec: {
    name: string;
    description?: string;
    inputSchema: ToolInputSchema;
    strict?: boolean;
  };
} | {
  systemTool: {
    name: string;
  };
} | {
  cachePoint: {
    type: "default";
    ttl?: "5m" | "1h";
  };
};
/** A tool that Anthropic defines, by a dated type: Claude knows its schema. Members beside these are the tool's own, such as `display_width_px`. */
interface AnthropicTool {
  type: `${string}_${number}`;
  name: string;
  [member: string]: unknown;
}
/** A kind of tool choice. */
type ToolChoiceKind = "auto" | "any" | "tool";
/** The tools that `bindTools` accepts: LangChain tools, zod-typed tools, OpenAI's and Anthropic's shapes, tools that Anthropic defines, and Converse's own. */
type ChatBedrockConverseToolType = BindToolsInput | Tool | AnthropicTool;
/** Which tool the model must call: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html */
type BedrockToolChoice = {
  auto: object;
  any?: never;
  tool?: never;
} | {
  any: object;
  auto?: never;
  tool?: never;
} | {
  tool: {
    name: string | undefined;
  };
  auto?: never;
  any?: never;
};
/**
* `"auto"`: the model decides; `"any"` or `"required"`: it must call a tool; `"none"`: it must not; a tool's name: it must call that one.
* Converse's own objects and OpenAI's are taken as well.
*/
type BedrockConverseToolChoice = "auto" | "any" | "required" | "none" | (string & {}) | BedrockToolChoice | {
  type: "function";
  function: {
    name: string;
  };
};
/** Prompt caching: cache points after the system prompt, the tools and the last message. */
type BedrockPromptCacheControl = {
  /** Accepted for compatibility; Converse has one kind. */
  type?: "ephemeral";
  /** The lifetime of the cache. @default "5m" */
  ttl?: "5m" | "1h";
};
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html */
interface GuardrailConfiguration {
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
interface PerformanceConfiguration {
  /** `optimized` is faster, with the models that support it. @default "standard" */
  latency?: "standard" | "optimized";
}
/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
type ServiceTierType = "priority" | "default" | "flex" | "reserved";
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html */
interface OutputConfig {
  /** A JSON schema, as text, that Bedrock enforces. */
  textFormat?: {
    type: "json_schema";
    structure: {
      jsonSchema: {
        schema: string;
        name?: string;
        description?: string;
      };
    };
  };
  /** The effort of the model's reasoning and answer. */
  effort?: "low" | "medium" | "high" | "xhigh" | "max" | (string & {});
}
/** OpenAI's request for JSON of a schema. */
interface ResponseFormat {
  /** Converse has no other kind. */
  type: "json_schema";
  /** `strict` is accepted for compatibility: Bedrock always enforces the schema. */
  json_schema: {
    schema: object;
    name?: string;
    description?: string;
    strict?: boolean;
  };
}
/** How much the model thinks before it answers, in one form for all models. */
interface ReasoningOptions {
  /** One that the model does not have becomes the nearest that it has, with a warning. @default "medium" */
  effort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";
  /** Tokens, for Claude models that take a budget; for others it becomes an effort. `maxTokens` is raised above it. */
  budgetTokens?: number;
  /** Whether Claude's thinking is returned as a summary or not at all. Default: the model's. */
  display?: "summarized" | "omitted";
}
/** The members of `ConverseRequest` beside its messages. */
interface ConverseInvocationParams {
  /** From `maxTokens`, `temperature`, `topP` and `stop`. */
  inferenceConfig?: {
    maxTokens?: number;
    temperature?: number;
    topP?: number;
    stopSequences?: string[];
  };
  /** From `tools` and `tool_choice`. */
  toolConfig?: {
    tools: Tool[];
    toolChoice?: BedrockToolChoice | {
      none: object;
    };
  };
  /** Becomes members of `additionalModelRequestFields`, as the model has them. */
  reasoning?: ReasoningOptions;
  guardrailConfig?: GuardrailConfiguration;
  additionalModelRequestFields?: DocumentType;
  promptVariables?: Record<string, {
    text: string;
  }>;
  additionalModelResponseFieldPaths?: string[];
  requestMetadata?: Record<string, string>;
  performanceConfig?: PerformanceConfiguration;
  serviceTier?: {
    type: ServiceTierType;
  };
  outputConfig?: OutputConfig;
}
/** A whole `ConverseRequest`, as loose as the types that AWS generates: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
interface ConverseCommandParams extends Omit<ConverseInvocationParams, "toolConfig" | "reasoning" | "serviceTier" | "outputConfig" | "promptVariables"> {
  /** Model id, inference profile id or ARN. */
  modelId: string | undefined;
  /** See {@link Tool} and {@link BedrockToolChoice}. */
  toolConfig?: {
    tools: object[] | undefined;
    toolChoice?: object;
  };
  serviceTier?: {
    type: ServiceTierType | undefined;
  };
  /** See {@link OutputConfig}. */
  outputConfig?: {
    textFormat?: object;
    effort?: string;
  };
  /** Values for the variables of a stored prompt. */
  promptVariables?: Record<string, {
    text?: string;
  }>;
  /** The conversation, the user's turn first. */
  messages?: Message[];
  /** The system prompt. */
  system?: SystemContentBlock[];
}
/** A complete piece of the model's reasoning. These are types, not interfaces, so that they are assignable to LangChain's records. */
type MessageContentReasoningBlockReasoningText = {
  type: "reasoning_content";
  reasoningText: {
    text: string;
    signature: string;
  };
};
/** Encrypted reasoning, in base64. */
type MessageContentReasoningBlockRedacted = {
  type: "reasoning_content";
  redactedContent: string;
};
/** A streamed piece of reasoning. */
type MessageContentReasoningBlockReasoningTextPartial = {
  type: "reasoning_content";
  reasoningText: {
    text: string;
  } | {
    signature: string;
  };
};
/** Reasoning in a message's content. */
type MessageContentReasoningBlock = MessageContentReasoningBlockReasoningText | MessageContentReasoningBlockRedacted | MessageContentReasoningBlockReasoningTextPartial;
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
  promptVariables?: Record<string, {
    text: string;
  }>;
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
interface ChatFailoverTarget extends FailoverTarget {
  /** The guardrail for requests to this target, in place of the model's: a guardrail exists in one region. A call's own has precedence. */
  guardrailConfig?: GuardrailConfiguration;
}
/** Constructor options. */
interface ChatBedrockConverseInput extends Omit<BaseChatModelParams, "maxRetries">, RequestOptions, ConnectionOptions, AvailabilityOptions<ChatFailoverTarget> {
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
interface ChatBedrockConverseCallOptions extends BaseChatModelCallOptions, RequestOptions, AuthenticationOptions {
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
interface TokenCounts {
  /** All input tokens: of messages, system prompt, tools and what frames them. */
  totalCount: number;
  /** The share of each message. Without tools they add up to `totalCount`. */
  countPerMessage: number[];
}
//#endregion
//#region langchain/types/warnings.d.ts
/**
* A change of a request that Bedrock would otherwise refuse, or what kept it from being read from the prompt cache: in `response_metadata.warnings` of the
* answer, and of a stream's last chunk.
*/
interface RequestWarning {
  /** The kind of change, such as `tool_choice_adapted`. */
  code: string;
  /** A sentence or two: what was changed, and why. */
  message: string;
  /** The place in the request, such as `toolConfig.toolChoice`. */
  path: string;
}
//#endregion
//#region langchain/types/explanation.d.ts
/** What `explainRequest` says of a call: the request that `invoke` would send, and why it is as it is. */
interface RequestExplanation {
  /** `ConverseStream` if the model has the option `streaming`. The body is the same. */
  operation: "Converse" | "ConverseStream";
  /** The id or ARN that is called. */
  modelId: string;
  /** The path of the request, which names `modelId`, encoded. */
  path: string;
  /** Absent where no option and no environment variable names an endpoint: AWS's files and the region decide then. */
  url?: string;
  /** By lower-case name. Values that callers gave are `<hidden>`; what signs the request is not among them. */
  headers: Record<string, string>;
  /** The body. Bytes are base64 texts in it, as they are over the wire. */
  body: ConverseBody;
  /** What was changed because Bedrock would have refused it: what the answer would have in `response_metadata.warnings`. */
  warnings: RequestWarning[];
  /** The files that `fetchMedia` would fetch first. The body has `source: { url }` in the place of each, and no `format` where only the file tells it. */
  mediaToFetch: {
    url: string;
    path: string;
  }[];
  /** What is known of the model whose rules applied. */
  model: ModelFacts;
  /** The cache points of the body in the order in which Bedrock reads it: tools, system text, messages. */
  cachePoints: CachePointExplanation[];
  /** With failover: the targets that are asked when the first, whose request this is, cannot answer. */
  targets?: TargetDescription[];
}
/** A body of Converse, as JSON. */
interface ConverseBody {
  messages?: {
    role: "user" | "assistant";
    content: Record<string, unknown>[];
  }[];
  system?: Record<string, unknown>[];
  toolConfig?: {
    tools?: Record<string, unknown>[];
    toolChoice?: Record<string, unknown>;
  };
  inferenceConfig?: Record<string, unknown>;
  additionalModelRequestFields?: Record<string, unknown>;
  [member: string]: unknown;
}
/** What is known of a model. */
interface ModelFacts {
  /** The id in the table of models, without geo prefix; `null` for a model that is known only by its family, or not at all. */
  id: string | null;
  /** Facts by name, as docs/models.md explains them. What the model refused in this process is not among them. */
  facts: Record<string, unknown>;
  /** Where each fact is from. */
  sources: Record<string, string>;
  /** What `profile` of the model returns, `modelProfile` included. */
  profile: ModelProfile;
}
/** A cache point, and the prefix of the request that is cached up to it. */
interface CachePointExplanation {
  /** Where it stands in the body, such as `system[1]`. */
  path: string;
  ttl: string;
  /** An estimate of the prefix's tokens: `model.facts.cacheMinimum` says from how many on the model caches. */
  approximateTokens: number;
  /** The parts of the prefix, such as `tools, system, messages up to messages[2].content[0]`. */
  covers: string;
}
//#endregion
//#region langchain/types/structured_output.d.ts
/** Options of `withStructuredOutput`. */
interface StructuredOutputOptions<IncludeRaw extends boolean = false> extends StructuredOutputMethodOptions<IncludeRaw> {
  /**
  * How the object is requested. By default the model decides: a tool that it is forced to call; where it cannot be forced, Bedrock's structured
  * outputs; where it has none, a tool that it may call; where it has no tools, the prompt.
  *
  * - `"functionCalling"`: a tool, whose arguments are the object.
  * - `"jsonSchema"`: Bedrock's structured outputs (`outputConfig.textFormat`).
  * - `"prompt"`: the schema is described in a message after the conversation, and the JSON of the answer is read.
  * - `"jsonMode"`: nothing is added, and the JSON of the answer is read.
  */
  method?: "functionCalling" | "jsonSchema" | "prompt" | "jsonMode" | (string & {});
  /**
  * How often a model whose answer has no object, or one that does not match the schema, is told so and asked again: 1 by default, 0 for never.
  * Each time is a request of its own, in the same run and with the same signal.
  */
  maxRepairs?: number;
}
//#endregion
//#region langchain/chat_models.d.ts
/**
* Chat model for the Amazon Bedrock Converse API, with the names, types and results of the class of the same name in `@langchain/aws`.
*
* ```ts
* const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", region: "us-east-1" });
* const message = await model.invoke("Why is the sky blue?");
* for await (const chunk of await model.stream("And at dusk?")) process.stdout.write(chunk.text);
* ```
*
* Its fields are the constructor's options of the same names, which {@link ChatBedrockConverseInput} explains.
*
* A call throws {@link BedrockRuntimeServiceException} for what Bedrock refuses, {@link IncompleteStreamError} for half an answer, its
* signal's reason when that fires, and a plain `Error` with one sentence for input that cannot be sent.
*/
declare class ChatBedrockConverse extends BaseChatModel<ChatBedrockConverseCallOptions, AIMessageChunk> {
  #private;
  static lc_name(): string;
  lc_serializable: boolean;
  get lc_secrets(): Record<string, string>;
  get lc_aliases(): Record<string, string>;
  /** `credentials`, `defaultHeaders` and `fetchMedia` are left out: they may be secrets or functions. */
  get lc_serializable_keys(): string[];
  model: string;
  applicationInferenceProfile?: string;
  streaming: boolean;
  rateLimit?: RateLimit;
  /** Empty when only the AWS profile or the instance metadata has it, which the first call reads. */
  region: string;
  temperature?: number;
  maxTokens?: number;
  topP?: number;
  stop?: string[];
  endpointHost?: string;
  endpointUrl?: string;
  additionalModelRequestFields?: DocumentType;
  additionalModelResponseFieldPaths?: string[];
  streamUsage: boolean;
  streamIdleTimeout: number;
  responseTimeout?: number;
  streamCoalescing?: number;
  adaptation?: ChatBedrockConverseInput["adaptation"];
  guardrailConfig?: GuardrailConfiguration;
  guardLastTurnOnly?: boolean;
  redactGuardrailContent?: ChatBedrockConverseInput["redactGuardrailContent"];
  performanceConfig?: PerformanceConfiguration;
  serviceTier?: ServiceTierType;
  requestMetadata?: Record<string, string>;
  promptVariables?: Record<string, {
    text: string;
  }>;
  outputConfig?: OutputConfig;
  failover?: ChatFailoverTarget[];
  failoverAfter?: number;
  hedge?: HedgeOptions;
  supportsToolChoiceValues?: ToolChoiceKind[];
  reasoning?: ReasoningOptions;
  splitInlineReasoning?: boolean;
  includeResponseHeaders?: boolean;
  includeRaw?: boolean;
  fetchMedia?: ChatBedrockConverseInput["fetchMedia"];
  modelProfile?: ModelProfile;
  bedrockApiKey?: string;
  bedrockApiSecret?: string;
  bedrockApiSessionToken?: string;
  bedrockBearerToken?: ChatBedrockConverseInput["bedrockBearerToken"];
  clientOptions?: ClientOptions;
  defaultHeaders?: Record<string, string>;
  /**
  * A client of AWS's for JavaScript, made when it is first read. Requests go through it only where it was given, assigned or changed (`send`, middleware);
  * otherwise they go through the native client.
  */
  client: BedrockRuntimeClient;
  constructor(fields?: ChatBedrockConverseInput);
  constructor(model: string, fields?: Omit<ChatBedrockConverseInput, "model">);
  /** Fetches credentials and opens a connection, so that the first call finds both. Rejects as that call would. */
  prewarm(options?: {
    signal?: AbortSignal;
  }): Promise<void>;
  /** Closes the connections that no other model uses; calls under way go on, later ones are refused. */
  close(): void;
  _llmType(): string;
  /** Part of the key of LangChain's cache. */
  _identifyingParams(): Record<string, unknown>;
  /** Holds all that decides the request: two calls with different tools or schemas must not share a cached answer. */
  _getSerializedCacheKeyParametersForCall(options: ChatBedrockConverseCallOptions & {
    config?: RunnableConfig;
  }): string;
  /** Hides secrets before core passes the options of a call to callbacks and tracers. */
  protected _separateRunnableConfigFromCallOptionsCompat(options?: Partial<ChatBedrockConverseCallOptions>): [RunnableConfig, this["ParsedCallOptions"]];
  withConfig(config: Partial<ChatBedrockConverseCallOptions>): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatBedrockConverseCallOptions>;
  getLsParams(options: this["ParsedCallOptions"]): LangSmithParams;
  /** A model that may call `tools`. `kwargs` are call options, such as `tool_choice`. */
  bindTools(tools: ChatBedrockConverseToolType[], kwargs?: Partial<ChatBedrockConverseCallOptions>): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatBedrockConverseCallOptions>;
  /** What is known of the model, for LangChain's agents and middleware. A member that is not known is absent. */
  get profile(): ModelProfile;
  /** The request's members beside its messages. A call's option has precedence over the constructor's. */
  invocationParams(options?: Partial<this["ParsedCallOptions"]>): ConverseInvocationParams;
  /** The tokens of a user message with this content, framing included: Bedrock's count where the model has one, else an approximation. */
  getNumTokens(content: MessageContent): Promise<number>;
  /** The input tokens of a call with these messages and call options, such as `tools`. */
  getNumTokensFromMessages(messages: BaseMessage[], options?: Partial<ChatBedrockConverseCallOptions>): Promise<TokenCounts>;
  /** Asks a guardrail, by default the model's, about content on its way to a model (`source: "INPUT"`) or from one (`"OUTPUT"`). No model is called. */
  applyGuardrail(content: GuardrailInput, options: ApplyGuardrailOptions): Promise<GuardrailAnswer>;
  /** Scores the texts of messages by checks that are named here, without a guardrail. Nothing is blocked, and no model is called. */
  invokeGuardrailChecks(messages: string | BaseMessageLike[], checks: GuardrailChecksConfig, options?: GuardrailCallOptions): Promise<GuardrailChecksAnswer>;
  /**
  * The request that `invoke` would send for the same input and call options (tools as the option `tools`), what was changed in it, what is known of the
  * model, and what its cache points cover. Nothing is sent, and no credentials are asked for. Throws what `invoke` would refuse before it sends.
  */
  explainRequest(input: BaseLanguageModelInput, options?: Partial<ChatBedrockConverseCallOptions>): Promise<RequestExplanation>;
  _generate(messages: BaseMessage[], options: this["ParsedCallOptions"], runManager?: CallbackManagerForLLMRun): Promise<ChatResult>;
  /** One request, one answer. A subclass may override it, to change the messages for example. */
  _generateNonStreaming(messages: BaseMessage[], options: Partial<this["ParsedCallOptions"]>, _runManager?: CallbackManagerForLLMRun): Promise<ChatResult>;
  _streamResponseChunks(messages: BaseMessage[], options: this["ParsedCallOptions"], runManager?: CallbackManagerForLLMRun): AsyncGenerator<ChatGenerationChunk>;
  _streamChatModelEvents(messages: BaseMessage[], options: this["ParsedCallOptions"], _runManager?: CallbackManagerForLLMRun): AsyncGenerator<ChatModelStreamEvent>;
  withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>, config?: StructuredOutputOptions<false>): Runnable<BaseLanguageModelInput, RunOutput>;
  withStructuredOutput<RunOutput extends Record<string, any> = Record<string, any>>(outputSchema: InteropZodType<RunOutput> | SerializableSchema<RunOutput> | Record<string, any>, config?: StructuredOutputOptions<true>): Runnable<BaseLanguageModelInput, {
    raw: BaseMessage;
    parsed: RunOutput;
  }>;
}
//#endregion
//#region langchain/types/embeddings.d.ts
/** Constructor options. */
interface BedrockEmbeddingsParams extends Omit<EmbeddingsParams, "maxRetries" | "maxConcurrency">, ConnectionOptions {
  /** Model id, inference profile id or ARN. @default "amazon.titan-embed-text-v1" */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`; the shape of the request still follows `model`. */
  applicationInferenceProfile?: string;
  /** The maximum number of texts in a request. Cohere's models take up to 96, the others one. @default 512 */
  batchSize?: number;
  /** Members of the model's own request, such as `normalize` (Titan), `truncate` and `input_type` (Cohere) or `singleEmbeddingParams` (Nova). They replace ours. */
  modelParameters?: Record<string, unknown>;
  /** The number of dimensions of the vectors, with models that have several. Default: the model's. It has precedence over `modelParameters`. */
  dimensions?: number;
  /** Requests wait until they are within the limit, as those of `ChatBedrockConverse` do. @default no limit */
  rateLimit?: RateLimit;
  /** How many requests run at once. @default 16 */
  maxConcurrency?: number;
  /** The number of retries of a failed request. Default: `AWS_MAX_ATTEMPTS`, else LangChain's 6. */
  maxRetries?: number;
}
/** Options of one call of `embedQuery` or `embedDocuments`. */
interface BedrockEmbeddingsCallOptions extends AuthenticationOptions, TimeLimitOptions {
  /** Ends the call, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Headers in addition to `defaultHeaders`, over which they have precedence; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. Calls with another value than the constructor's do not share its connections. */
  connectTimeout?: number;
}
//#endregion
//#region langchain/embeddings.d.ts
/**
* Embeddings of texts by the models of Amazon Bedrock, with the names, types and results of the class of the same name in `@langchain/aws`. Titan,
* Cohere, Nova and Marengo are asked as each requires; any other model is asked as Titan.
*
* ```ts
* const embeddings = new BedrockEmbeddings({ model: "cohere.embed-v4:0", region: "us-east-1" });
* const vectors = await embeddings.embedDocuments(["The sky is blue.", "Grass is green."]);
* ```
*
* A call throws an `Error` whose message is "An error occurred while embedding documents with Bedrock: …" and whose `cause` is the error of the request;
* its signal's reason when that fires; and one sentence for a text that cannot be embedded.
*/
declare class BedrockEmbeddings extends Embeddings {
  #private;
  model: string;
  applicationInferenceProfile?: string;
  batchSize: number;
  modelParameters?: Record<string, unknown>;
  dimensions?: number;
  responseTimeout?: number;
  bedrockBearerToken?: ConnectionOptions["bedrockBearerToken"];
  credentials?: ConnectionOptions["credentials"];
  clientOptions?: ClientOptions;
  /** Empty when only the AWS profile or the instance metadata has it, which the first call reads. */
  region: string;
  /**
  * A client of AWS's for JavaScript, made when it is first read. Requests go through it only where it was given, assigned or changed (`send`, middleware);
  * otherwise they go through the native client.
  */
  client: BedrockRuntimeClient;
  constructor(given?: BedrockEmbeddingsParams);
  /** Fetches credentials and opens a connection, so that the first call finds both. Rejects as that call would. */
  prewarm(options?: {
    signal?: AbortSignal;
  }): Promise<void>;
  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused, those of a call under way too. */
  close(): void;
  /** The vector of a question. */
  embedQuery(document: string, options?: BedrockEmbeddingsCallOptions): Promise<number[]>;
  /** The vectors of documents, in their order. They are sent together where the model takes several, else side by side. The first failure ends all. */
  embedDocuments(documents: string[], options?: BedrockEmbeddingsCallOptions): Promise<number[][]>;
  /** The vector of one text. A subclass may override it; `embedQuery` and `embedDocuments` then call it for each text. */
  protected _embedText(text: string): Promise<number[]>;
}
//#endregion
//#region langchain/guardrails/findings.d.ts
/** Whether a guardrail intervened in a model's answer, whichever way it came: by `invoke`, as the sum of a stream's chunks, or from a store. */
declare function isGuardrailIntervention(message: BaseMessage): message is GuardrailIntervention;
/**
* What a guardrail found: in an answer whose guardrail has `trace: "enabled"`, or in the content of `applyGuardrail`. Empty without a trace, or if nothing
* was found. What was only looked for is left out.
*/
declare function guardrailFindings(assessed: BaseMessage | GuardrailAnswer): GuardrailFinding[];
//#endregion
//#region langchain/guardrails/guardrail_runnable.d.ts
/**
* A guardrail of Amazon Bedrock that stands before or behind any model of LangChain, by `ApplyGuardrail`. What it has nothing against it passes on as it
* is, what it masks with the masked texts; what it blocks it throws, or replaces by the guardrail's own text.
*
* ```ts
* const guardrail = { guardrailIdentifier: "abc123", guardrailVersion: "1", region: "us-east-1" };
* const chain = new GuardrailRunnable({ ...guardrail, source: "INPUT" }).pipe(model).pipe(new GuardrailRunnable({ ...guardrail, source: "OUTPUT" }));
* ```
*
* Of messages, `INPUT` assesses those behind the last of a model: texts and images, of the user and of tools. `OUTPUT` assesses the texts of the last
* message. A stream is passed on as a whole, when all of it has been assessed.
*/
declare class GuardrailRunnable<Subject extends GuardrailSubject = GuardrailSubject> extends Runnable<Subject, Subject> {
  #private;
  static lc_name(): string;
  lc_namespace: string[];
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
  readonly source: GuardrailContentSource;
  readonly onBlocked: "throw" | "replace";
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  readonly region: string;
  /** AWS's client for JavaScript, made when it is first read. Requests go through it only where it was given, assigned or changed. */
  client: BedrockRuntimeClient;
  constructor(given: GuardrailRunnableFields);
  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused. */
  close(): void;
  invoke(subject: Subject, options?: Partial<RunnableConfig>): Promise<Subject>;
}
//#endregion
//#region langchain/guardrails/intervention.d.ts
/** What a {@link GuardrailRunnable} throws for content that its guardrail blocked. */
declare class GuardrailInterventionError extends Error {
  name: string;
  /** What the guardrail answered. */
  readonly answer: GuardrailAnswer;
  /** The guardrail's own text as an answer that can be shown and stored; `isGuardrailIntervention` is true of it. */
  readonly intervention: GuardrailIntervention;
  constructor(answer: GuardrailAnswer, guardrailIdentifier: string);
}
//#endregion
//#region langchain/guardrails/redaction.d.ts
/**
* The messages, with a text in place of what a guardrail has blocked, so that it is neither stored nor assessed again: of the user's messages before an
* answer that the guardrail gave instead of the model, and of what the model itself said of such an answer. Messages that change are new ones with the
* same ids; the others are the same objects, and so is the array if none changes. Without a trace either side may be meant, and both are replaced.
*/
declare function redactIntervenedMessages(messages: BaseMessage[], texts?: GuardrailRedaction): BaseMessage[];
//#endregion
//#region langchain/types/retrievers.d.ts
type AnyObject = Record<string, any>;
type AnyClientOptions = SupportedClientOptions & AnyObject;
/** AWS's client for knowledge bases, where its package is installed. */
type BedrockAgentRuntimeClient = IfInstalled<BedrockAgentRuntimeClient$1, AnyClient>;
/** AWS's client for Kendra, where its package is installed. */
type KendraClient = IfInstalled<KendraClient$1, AnyClient>;
/** A condition on the metadata of a knowledge base's documents. */
type RetrievalFilter = IfInstalled<RetrievalFilter$1, AnyObject>;
/** How a knowledge base searches: by words and meaning, or by meaning. */
type SearchType = IfInstalled<SearchType$1, "HYBRID" | "SEMANTIC">;
/** A condition on the attributes of a Kendra index's documents. */
type AttributeFilter = IfInstalled<AttributeFilter$1, AnyObject>;
/** An attribute of a document in a Kendra index. */
type DocumentAttribute = IfInstalled<DocumentAttribute$1, {
  Key: string | undefined;
  Value: DocumentAttributeValue | undefined;
}>;
/** Its value: one of the members is set. */
type DocumentAttributeValue = IfInstalled<DocumentAttributeValue$1, {
  StringValue?: string;
  StringListValue?: string[];
  LongValue?: number;
  DateValue?: Date;
}>;
/** A result of Kendra's Retrieve. */
type RetrieveResultItem = IfInstalled<RetrieveResultItem$1, AnyObject>;
/** A result of Kendra's Query. */
type QueryResultItem = IfInstalled<QueryResultItem$1, AnyObject>;
/** The answer of Kendra's Retrieve. */
type RetrieveCommandOutput = IfInstalled<RetrieveCommandOutput$1, {
  ResultItems?: RetrieveResultItem[];
} & AnyObject>;
/** The answer of Kendra's Query. */
type QueryCommandOutput = IfInstalled<QueryCommandOutput$1, {
  ResultItems?: QueryResultItem[];
} & AnyObject>;
/** Options of the connection: those of the chat model but for API keys, which these services do not take. */
interface RetrieverConnectionOptions extends Omit<ConnectionOptions, "client" | "clientOptions" | "bedrockBearerToken" | "bedrockApiKey" | "bedrockApiSecret" | "bedrockApiSessionToken">, BaseRetrieverInput {
  /** How many documents are returned. @default 10 */
  topK?: number;
}
/** Constructor options of `AmazonKnowledgeBaseRetriever`. */
interface AmazonKnowledgeBaseRetrieverArgs extends RetrieverConnectionOptions {
  /** The id of the knowledge base, ten letters and digits. */
  knowledgeBaseId: string;
  /** A condition on the documents' metadata. */
  filter?: RetrievalFilter;
  /** How it searches. Default: the knowledge base decides. */
  overrideSearchType?: SearchType;
  /** A model that orders the results anew. */
  rerankingConfiguration?: IfInstalled<VectorSearchRerankingConfiguration, AnyObject>;
  /** A model that makes a condition on the metadata of the question. */
  implicitFilterConfiguration?: IfInstalled<ImplicitFilterConfiguration, AnyObject>;
  /** A guardrail for the question and the results. */
  guardrailConfiguration?: IfInstalled<GuardrailConfiguration$1, AnyObject>;
  /** As the option of the chat model: the configuration of AWS's own client. */
  clientOptions?: IfInstalled<BedrockAgentRuntimeClientConfig, AnyClientOptions>;
}
/** Constructor options of `AmazonKendraRetriever`. */
interface AmazonKendraRetrieverArgs extends RetrieverConnectionOptions {
  /** The id of the index. */
  indexId: string;
  /** A condition on the documents' attributes. */
  attributeFilter?: AttributeFilter;
  /** As the option of the chat model: the configuration of AWS's own client. */
  clientOptions?: IfInstalled<KendraClientConfig, AnyClientOptions>;
}
/** Options of one call of `queryKnowledgeBase` or `queryKendra`. */
interface RetrieverCallOptions extends TimeLimitOptions {
  /** Ends the call, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Credentials for this call. */
  credentials?: CredentialType;
  /** Headers in addition to `defaultHeaders`, over which they have precedence; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. */
  connectTimeout?: number;
}
//#endregion
//#region langchain/retrievers/kendra.d.ts
/** The metadata of a document of Kendra. */
interface KendraMetadata extends Record<string, any> {
  source: string | undefined;
  title: string;
  excerpt: string;
  document_attributes: {
    [key: string]: unknown;
  };
}
/**
* Documents of an index of Amazon Kendra that fit a question, with the names, types and results of the class of the same name in `@langchain/aws`.
*
* ```ts
* const retriever = new AmazonKendraRetriever({ indexId: "0123abcd-…", topK: 5, region: "us-east-1" });
* const documents = await retriever.invoke("How are clouds formed?");
* ```
*
* Its fields are the constructor's options of the same names, which {@link AmazonKendraRetrieverArgs} explains.
*/
declare class AmazonKendraRetriever extends BaseRetriever {
  #private;
  static lc_name(): string;
  lc_namespace: string[];
  indexId: string;
  topK: number;
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  region: string;
  attributeFilter?: AttributeFilter;
  /** AWS's client for JavaScript, made when it is first read. Requests go through it only where it was assigned or changed. */
  kendraClient: KendraClient;
  constructor(fields: AmazonKendraRetrieverArgs);
  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused. */
  close(): void;
  invoke(input: string, options?: Partial<RunnableConfig>): Promise<DocumentInterface<Record<string, any>>[]>;
  /** Title and excerpt as one text. */
  combineText(title?: string, excerpt?: string): string;
  /** A text without line breaks, runs of spaces and ellipses. */
  cleanResult(resText: string): string;
  /** The member of an attribute's value that is set. */
  getDocAttributeValue(value: DocumentAttributeValue): string | number | string[] | Date;
  /** Attributes by their keys. */
  getDocAttributes(documentAttributes?: DocumentAttribute[]): {
    [key: string]: unknown;
  };
  /** A document of a result of Retrieve. */
  convertRetrieverItem(item: RetrieveResultItem): Document<KendraMetadata>;
  /** The documents of the first `pageSize` results. */
  getRetrieverDocs(response: RetrieveCommandOutput, pageSize: number): Document<KendraMetadata>[];
  /** The answer that Kendra found in a document, or else its excerpt. */
  getQueryItemExcerpt(item: QueryResultItem): string;
  /** A document of a result of Query. */
  convertQueryItem(item: QueryResultItem): Document<KendraMetadata>;
  /** The documents of the first `pageSize` results. */
  getQueryDocs(response: QueryCommandOutput, pageSize: number): Document<KendraMetadata>[];
  /** The `topK` documents that fit `query` best: passages of Kendra's Retrieve, or if there are none, what its Query finds. */
  queryKendra(query: string, topK: number, attributeFilter?: AttributeFilter, options?: RetrieverCallOptions): Promise<Document<KendraMetadata>[]>;
  _getRelevantDocuments(query: string): Promise<Document[]>;
}
//#endregion
//#region langchain/retrievers/knowledge_base.d.ts
/**
* Documents of a knowledge base of Amazon Bedrock that fit a question, with the names, types and results of the class of the same name in
* `@langchain/aws`.
*
* ```ts
* const retriever = new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: "ABCDEFGHIJ", topK: 5, region: "us-east-1" });
* const documents = await retriever.invoke("How are clouds formed?");
* ```
*
* Its fields are the constructor's options of the same names, which {@link AmazonKnowledgeBaseRetrieverArgs} explains.
*/
declare class AmazonKnowledgeBaseRetriever extends BaseRetriever {
  #private;
  static lc_name(): string;
  lc_namespace: string[];
  knowledgeBaseId: string;
  topK: number;
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  region: string;
  filter?: RetrievalFilter;
  overrideSearchType?: SearchType;
  rerankingConfiguration?: AmazonKnowledgeBaseRetrieverArgs["rerankingConfiguration"];
  implicitFilterConfiguration?: AmazonKnowledgeBaseRetrieverArgs["implicitFilterConfiguration"];
  guardrailConfiguration?: AmazonKnowledgeBaseRetrieverArgs["guardrailConfiguration"];
  /** AWS's client for JavaScript, made when it is first read. Requests go through it only where it was assigned or changed. */
  bedrockAgentRuntimeClient: BedrockAgentRuntimeClient;
  constructor(fields: AmazonKnowledgeBaseRetrieverArgs);
  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused. */
  close(): void;
  invoke(input: string, options?: Partial<RunnableConfig>): Promise<DocumentInterface<Record<string, any>>[]>;
  /** A text without line breaks, runs of spaces and ellipses. */
  cleanResult(resText: string): string;
  /** The `topK` documents that fit `query` best, asked for in as many requests as that takes. */
  queryKnowledgeBase(query: string, topK: number, filter?: RetrievalFilter, overrideSearchType?: SearchType, options?: RetrieverCallOptions): Promise<Document[]>;
  _getRelevantDocuments(query: string): Promise<Document[]>;
}
//#endregion
//#region langchain/media_from_file.d.ts
/**
* Reads an image, a document, a video or a sound from a file into a content block that a message can have. The file is read on another thread. Its format is
* what its first bytes say, else what its ending says.
*
* ```ts
* const message = new HumanMessage({ content: [{ type: "text", text: "What is this?" }, await mediaFromFile("photo.png")] });
* ```
*
* @throws one sentence for what is no file, is larger than `maxBytes`, or has no format that Converse takes. The system's own error is its `cause`.
*/
declare function mediaFromFile(path: string, options?: MediaFromFileOptions): Promise<MediaBlock>;
//#endregion
//#region langchain/types/history.d.ts
/** Options of `repairHistory`. */
interface RepairHistoryOptions {
  /**
  * The id or ARN of a model, whose own rules are applied too: who may speak first and last, what may share a turn with tool results, which media and which
  * reasoning it takes back. Without it the history is repaired as for a model of which nothing is known.
  */
  model?: string;
  /** `"warn"`, the default, repairs; `"strict"` throws the sentence and the place of the first repair. */
  adaptation?: "warn" | "strict";
}
/** A history that Bedrock takes. */
interface RepairedHistory {
  /** Messages that need no repair are the same objects; the others are new ones with the same `id` and metadata. */
  messages: BaseMessage[];
  /** What was changed. Paths are about the messages that were passed. */
  warnings: RequestWarning[];
}
//#endregion
//#region langchain/repair_history.d.ts
/**
* Makes a history one that Bedrock takes, as a call does before it sends it: every tool call has one result in the next turn, every result has its call, and
* so on (docs/history.md has the list). For those who want to store the repaired history; a call repairs what it is given anyway. Nothing is sent.
*
* @throws for a message that cannot be repaired, such as a human message without content; with `adaptation: "strict"` for the first repair.
*/
declare function repairHistory(messages: BaseMessageLike[], options?: RepairHistoryOptions): RepairedHistory;
//#endregion
//#region langchain/response/errors.d.ts
/** What is known of the HTTP exchange: the members of the JavaScript SDK's `$metadata`. */
interface ResponseMetadata {
  /** HTTP status of the last response. */
  httpStatusCode?: number;
  /** Bedrock's id of the request; AWS support asks for it. */
  requestId?: string;
  /** The value of `x-amz-id-2`, where a front end of AWS adds it. */
  extendedRequestId?: string;
  /** The value of `x-amz-cf-id`, of an answer through CloudFront. */
  cfId?: string;
  /** How often the request was sent; with failover, to all targets together. */
  attempts?: number;
  /** Of several attempts, how many were throttled; absent for none. By the native client only. */
  throttledAttempts?: number;
  /** Milliseconds spent waiting between attempts. */
  totalRetryDelay?: number;
}
/**
* An error response of Bedrock: `name` is the exception's (`ThrottlingException`, `ValidationException`, …), as with the JavaScript SDK's class of
* this name. Members that an exception has beside its message (`originalStatusCode`, `originalMessage`, …) are members of the error.
*/
declare class BedrockRuntimeServiceException extends Error {
  /** As of AWS's own class, exceptions that AWS's JavaScript client threw are instances too. */
  static [Symbol.hasInstance](value: unknown): boolean;
  /** Which side caused it. */
  readonly $fault: "client" | "server";
  readonly $metadata: ResponseMetadata;
  /** Set where the API's model calls the exception retryable. */
  readonly $retryable?: {
    throttling?: boolean;
  };
  /** The region that was asked. */
  readonly region?: string;
  /** Milliseconds that the response asks to wait, by its header `retry-after` or `x-amz-retry-after`. */
  readonly retryAfterMs?: number;
  /** What to do about it, where Bedrock's message does not say. */
  readonly hint?: string;
  /** With failover: what each target said, in the order in which they failed. Errors without an answer of Bedrock have it too. */
  readonly targets?: FailedTarget[];
  /** LangChain's name for this kind of error, such as `MODEL_RATE_LIMIT`. */
  readonly lc_error_code?: string;
}
/**
* The stream ended before the answer was complete: the connection broke, an event was corrupt, or `messageStop` did not come. What was received
* is in `partialOutput`; it is not an answer.
*/
declare class IncompleteStreamError extends Error {
  name: string;
  /** What was received, without tool calls: an incomplete one must not run. `undefined` if nothing was. */
  readonly partialOutput?: AIMessageChunk;
}
//#endregion
//#region langchain/request/service_request.d.ts
/** An operation of AWS beside those of Bedrock's models, as diagnostics name it. */
type ServiceOperation = "apply-guardrail" | "guardrail-checks" | "retrieve" | "kendra-retrieve" | "kendra-query";
//#endregion
//#region langchain/connection/diagnostics.d.ts
/** What a request asks for. */
type Operation = "converse" | "converse-stream" | "invoke-model" | "count-tokens" | ServiceOperation;
/** The members of every message on the channels. No message has content of the conversation. */
interface RequestMessage {
  /** The same on all messages of one request, and of no other in the process. */
  id: number;
  operation: Operation;
  /** Model id or ARN; of retrievers, the id of the knowledge base or index, of guardrails that of the guardrail. */
  model: string;
  /** Empty when only the AWS profile or the instance knows it. */
  region: string;
}
/** On `langchain-aws-native:request:start`. */
interface StartMessage extends RequestMessage {
  /** The endpoint that options or environment name; absent where AWS's files or the region decide, and where AWS's client for JavaScript sends. */
  endpoint?: {
    host: string;
    port: number;
  };
  parameters: RequestParameters;
  /** Milliseconds that the call waited for its `rateLimit`, before this message; absent without that option. */
  rateLimitWait?: number;
  /** The files that `fetchMedia` fetched for the request: how many, their bytes together, and the milliseconds that it took. */
  fetchedMedia?: {
    files: number;
    bytes: number;
    duration: number;
  };
}
/** What was asked for beside the conversation. What was changed in it is in the warnings of the request's end. */
interface RequestParameters {
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
  /** Id or ARN. */
  guardrail?: string;
  /** Where the answer must be JSON of a schema. */
  outputType?: "json";
  /** Of the vectors of an embedding model. */
  dimensions?: number;
}
/** On `langchain-aws-native:request:retry`, once it is known: after the last attempt. */
interface RetryMessage extends RequestMessage {
  attempts: number;
  /** Milliseconds spent waiting between attempts. */
  totalRetryDelay: number;
}
/** On `langchain-aws-native:request:first-event`. */
interface FirstEventMessage extends RequestMessage {
  /** Milliseconds from the call to the answer's first event. */
  timeToFirstToken: number;
}
/** On `langchain-aws-native:request:end`. */
interface EndMessage extends RequestMessage {
  requestId?: string;
  attempts?: number;
  /** Milliseconds from the call to the end of the answer. */
  duration: number;
  usage?: UsageMetadata;
  /** Converse's `stopReason`. */
  finishReason?: string;
  /** Output tokens per second after the first event, of streams. */
  tokensPerSecond?: number;
  /** What was changed in the request, without the sentences, which may quote the conversation. */
  warnings?: Pick<RequestWarning, "code" | "path">[];
}
/** On `langchain-aws-native:request:error`. */
interface ErrorMessage extends RequestMessage {
  error: unknown;
  /** Milliseconds from the call to the error. */
  duration: number;
}
/** On `langchain-aws-native:request:failover`, after the start of a request that was not first sent to this target. */
interface FailoverMessage extends RequestMessage, Switch {}
/** Why a request goes to another target. */
interface Switch {
  /** Whether the target before failed or rests, or has not answered yet. */
  kind: "failover" | "hedge";
  /** The name or code of the error, such as `ThrottlingException` or `ECONNREFUSED`; `timeout`, `resting` for a target that failed before, `slow` of a hedge. */
  reason: string;
  /** The target before. */
  from: TargetDescription;
}
/**
* On `langchain-aws-native:request:cancel`: the reader of a stream left it before its end, or another target's answer has begun before.
*/
interface CancelMessage extends RequestMessage {
  /** `true` if another target has begun to answer before. */
  superseded?: true;
  /** Milliseconds from the call to the moment when the reader left. */
  duration: number;
}
//#endregion
export { AmazonKendraRetriever, type AmazonKendraRetrieverArgs, AmazonKnowledgeBaseRetriever, type AmazonKnowledgeBaseRetrieverArgs, type AnthropicTool, type ApplyGuardrailOptions, type AttributeFilter, type AudioBlock, type AvailabilityOptions, type AwsCredentialIdentity, type BedrockAgentRuntimeClient, type BedrockConverseToolChoice, BedrockEmbeddings, type BedrockEmbeddingsCallOptions, type BedrockEmbeddingsParams, type BedrockPromptCacheControl, type BedrockRuntimeClient, BedrockRuntimeServiceException, type BedrockToolChoice, type CachePoint, type CachePointExplanation, type CancelMessage, ChatBedrockConverse, type ChatBedrockConverseCallOptions, type ChatBedrockConverseInput, type ChatBedrockConverseToolType, type ChatFailoverTarget, type CitationsContentBlock, type ClientOptions, type ContentBlock, type ConverseBody, type ConverseCommandParams, type ConverseInvocationParams, type CredentialType, type DocumentAttribute, type DocumentAttributeValue, type DocumentBlock, type DocumentType, type EndMessage, type ErrorMessage, type FailedTarget, type FailoverMessage, type FailoverTarget, type FetchMediaOptions, type FirstEventMessage, type GuardContentBlock, type GuardrailAnswer, type GuardrailAssessment, type GuardrailAutomatedReasoningFinding, type GuardrailCallOptions, type GuardrailChecksAnswer, type GuardrailChecksConfig, type GuardrailConfiguration, type GuardrailContentBlock, type GuardrailContentFilter, type GuardrailContentSource, type GuardrailContextualGroundingFilter, type GuardrailCoverage, type GuardrailCustomWord, type GuardrailFinding, type GuardrailInput, type GuardrailIntervention, GuardrailInterventionError, type GuardrailManagedWord, type GuardrailPiiEntityFilter, type GuardrailPolicyAction, type GuardrailRedaction, type GuardrailRegexFilter, GuardrailRunnable, type GuardrailRunnableFields, type GuardrailSubject, type GuardrailTopic, type GuardrailTraceAssessment, type GuardrailUsage, type HedgeOptions, type ImageBlock, IncompleteStreamError, type KendraClient, type MediaBlock, type MediaFromFileOptions, type MediaSource, type Message, type MessageContentReasoningBlock, type MessageContentReasoningBlockReasoningText, type MessageContentReasoningBlockReasoningTextPartial, type MessageContentReasoningBlockRedacted, type ModelFacts, type OutputConfig, type PerformanceConfiguration, type QueryCommandOutput, type QueryResultItem, type RateLimit, type ReasoningContentBlock, type ReasoningOptions, type RepairHistoryOptions, type RepairedHistory, type RequestExplanation, type RequestMessage, type RequestParameters, type RequestWarning, type ResponseFormat, type ResponseMetadata, type RetrievalFilter, type RetrieveCommandOutput, type RetrieveResultItem, type RetrieverCallOptions, type RetryMessage, type S3Location, type SearchResultBlock, type SearchType, type ServiceTierType, type StartMessage, type StructuredOutputOptions, type Switch, type SystemContentBlock, type TargetDescription, type TokenCounts, type Tool, type ToolChoiceKind, type ToolInputSchema, type ToolResultBlock, type ToolResultContentBlock, type ToolUseBlock, type VideoBlock, guardrailFindings, isGuardrailIntervention, mediaFromFile, redactIntervenedMessages, repairHistory };