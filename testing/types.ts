import type { ErrorName } from "./errors.js";
import type { JsonObject, JsonValue } from "./json.js";

/**
 * The calls of the Converse API, `InvokeModel`, and of knowledge bases, by the last part of their path; those about guardrails, of Kendra, about jobs and
 * of S3 by their names; `unknown` is any other.
 */
export type Operation =
  | "converse"
  | "converse-stream"
  | "count-tokens"
  | "invoke"
  | "apply-guardrail"
  | "guardrail-checks"
  | "retrieve"
  | "kendra-retrieve"
  | "kendra-query"
  | "create-model-invocation-job"
  | "get-model-invocation-job"
  | "list-model-invocation-jobs"
  | "stop-model-invocation-job"
  | "s3-put-object"
  | "s3-get-object"
  | "s3-head-object"
  | "s3-list-objects"
  | "s3-create-upload"
  | "s3-upload-part"
  | "s3-complete-upload"
  | "s3-abort-upload"
  | "unknown";

/** An AWS access key pair. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** From this moment on requests signed with the pair are refused with `ExpiredTokenException`. */
  expiration?: Date;
}

/** What a client needs to reach the endpoint; its members are constructor options of `ChatBedrockConverse`. */
export interface Connection {
  endpointUrl: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Only present when the endpoint was started with `bearerToken`. */
  bedrockBearerToken?: string;
  /** Only present with TLS: the file with the certificate to trust. */
  caBundle?: string;
}

/**
 * The real Bedrock, or a gateway to it. With `credentials` or `bearerToken` requests are signed again, and clients of the endpoint use its own
 * credentials; without, requests are forwarded with their own headers.
 */
export interface Upstream {
  /** `https://bedrock-runtime.<region>.amazonaws.com` by default. */
  url?: string;
  /** The region of the endpoint by default. */
  region?: string;
  credentials?: Credentials;
  bearerToken?: string;
  /** Certificates to trust, as PEM, instead of those that Node.js trusts. */
  ca?: string | Buffer;
}

/** Options of `startBedrock`. */
export interface StartBedrockOptions {
  /** The port on 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  /** The region that signatures must name; `us-east-1` by default. */
  region?: string;
  /** The key pair that signatures are checked against, or several, for keys that are replaced; an invented pair by default. */
  credentials?: Credentials | readonly [Credentials, ...Credentials[]];
  /** A Bedrock API key that is accepted beside signatures. */
  bearerToken?: string;
  /**
   * Milliseconds between two stream events; 0, the default, sends them as fast as the client reads. `recorded` sends what is replayed as fast as it
   * was recorded, the rest as fast as the client reads.
   */
  pace?: number | "recorded";
  /**
   * Whether bodies that Bedrock would refuse are refused, with its texts, and requests that no recording answers too. On by default; off, a body only
   * has to be a JSON object.
   */
  strict?: boolean;
  /**
   * The endpoint's clock, the machine's by default: it dates the answers, signatures that are more than five minutes off are refused, and so are keys after
   * their `expiration`.
   */
  now?: () => Date;
  /** Appends the requests to `upstream` and their answers to this file, one JSON object a line, without secrets and account ids. */
  record?: string;
  /** Where requests are forwarded to. Scripted and recorded answers are still sent from here. */
  upstream?: Upstream;
  /** Answers requests from these files of recordings: each recording once, to a request of the same operation, model and body. */
  replay?: string | string[];
  /** Speaks TLS: with a key and a certificate as PEM texts, or, with `true`, with generated ones. Clients have to trust `bedrock.certificateFile`. */
  tls?: boolean | { key: string | Buffer; cert: string | Buffer };
  /** Quotas of batch inference where they are not Bedrock's defaults. */
  batchQuotas?: BatchQuotas;
  /** Called with each request after its answer is complete or its connection is closed. Its errors are not caught. */
  onRequest?: (request: BedrockRequest) => void;
}

/** Quotas of batch inference. */
export interface BatchQuotas {
  /** 100 by default. */
  minRecordsPerJob?: number;
  /** 50,000 by default. */
  maxRecordsPerJob?: number;
  /** 50,000 by default. */
  maxRecordsPerFile?: number;
  /** 1 GiB by default. */
  maxBytesPerFile?: number;
  /** 5 GiB by default. */
  maxBytesPerJob?: number;
  /** Jobs of a model that have not ended; 20 by default. */
  activeJobs?: number;
}

/** The state of a job of batch inference. */
export type JobState = "Submitted" | "Validating" | "Scheduled" | "InProgress" | "Completed" | "PartiallyCompleted" | "Failed" | "Stopping" | "Stopped" | "Expired";

/** What goes wrong in a job. */
export interface JobFault {
  /** The state in which it ends; `Completed` by default. */
  state?: "Completed" | "PartiallyCompleted" | "Failed" | "Stopped" | "Expired";
  /** Why, as GetModelInvocationJob says it. */
  message?: string;
  /** How many of its records are answered; by default all of a job that completes, also partially, else none. */
  processed?: number;
  /** The ids of records that its output lacks. */
  missing?: string[];
  /** Bytes that are cut off the end of each output file. */
  truncatedBy?: number;
  /** Whether its output is in reverse order: Bedrock guarantees none. */
  reversed?: boolean;
}

/** One turn of the conversation, as the client sent it. */
export interface Message {
  role: string;
  content: JsonObject[];
}

/** The body of a request, parsed. */
export interface RequestBody {
  messages?: Message[];
  system?: JsonObject[];
  toolConfig?: { tools?: JsonObject[]; toolChoice?: JsonObject };
  inferenceConfig?: JsonObject;
  outputConfig?: JsonObject;
  additionalModelRequestFields?: JsonValue;
  [member: string]: unknown;
}

/** What the endpoint sent back. */
export interface RecordedResponse {
  /** The HTTP status; `undefined` until, or if never, headers were sent. */
  status: number | undefined;
  /** Milliseconds from the request's last byte to the end of the answer; `undefined` until then. */
  duration?: number;
  /** The value of `x-amzn-requestid`. */
  requestId: string;
  /** The name of the error, when the answer was one, and what it said. */
  errorType?: string;
  errorMessage?: string;
  /** Whether the endpoint itself refused the request: for its signature, its body, or for lack of a scripted or recorded answer. */
  refused?: true;
}

/** One request the endpoint received, whether answered or refused. */
export interface BedrockRequest {
  operation: Operation;
  /**
   * The model id or ARN of the path, URL-decoded, or the id or ARN of a guardrail, of a knowledge base, of a Kendra index or of a job; `bucket/key` of an
   * object; empty for an unknown path.
   */
  modelId: string;
  method: string;
  /** The path and query as sent, still encoded. */
  url: string;
  /** The headers, by lower-case name. */
  headers: Record<string, string>;
  rawBody: Buffer;
  /** The parsed body; empty when it is not a JSON object. */
  body: RequestBody;
  response: RecordedResponse;
  /** Whether the client disconnected before the answer was complete. */
  aborted: boolean;
  /** Resolves when the answer is complete or the connection is closed. */
  closed: Promise<void>;
}

/** A content block in the API's shape, with exactly one member. Bytes may be a `Uint8Array` or base64 text. */
export interface ContentBlock {
  text?: string;
  toolUse?: { toolUseId?: string; name: string; input?: unknown; type?: string };
  reasoningContent?: { reasoningText?: { text: string; signature?: string }; redactedContent?: Uint8Array | string };
  citationsContent?: { content?: { text: string }[]; citations?: Citation[] };
  [member: string]: unknown;
}

/** The source of a cited sentence. */
export interface Citation {
  title?: string;
  source?: string;
  sourceContent?: { text: string }[];
  location?: { [kind: string]: unknown };
}

/** Token counts; missing ones are estimated from lengths. */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
  [member: string]: unknown;
}

/** An answer with more members than its content. Other members are copied into the response, in a stream into `metadata`. */
export interface MessageAnswer {
  content: string | ContentBlock[];
  /** `tool_use` when the content calls a client tool, otherwise `end_turn`. */
  stopReason?: string;
  usage?: Usage;
  additionalModelResponseFields?: unknown;
  [member: string]: unknown;
}

/**
 * One event of a stream: exactly one member, the event's name, with its payload. A member ending in `Exception` is sent as an exception frame.
 * A frame of any other form is written as its headers, which start with a colon, and its payload:
 * `{ ":message-type": "error", ":error-code": "InternalError", payload: {} }`.
 */
export interface StreamEvent {
  [member: string]: unknown;
}

/** The part of a frame that is to be wrong: one of its checksums, or its length, which is announced as 1 GB. */
export type CorruptPart = "preludeCrc" | "messageCrc" | "length";

/** The delays of an answer, in milliseconds. */
export interface Delays {
  /** Before the head of the answer. */
  head?: number;
  /** Of a stream, before its first content, once `messageStart` was sent: the time to the first token. */
  firstContent?: number;
  /** Of a stream, between two events, instead of the endpoint's `pace`. */
  pace?: number;
}

/** What the guardrail of `guardrailIntervention` found. */
export interface GuardrailFound {
  /** Where: in what the user or in what the model says. `INPUT` by default. */
  source?: "INPUT" | "OUTPUT";
  /** The assessment, in the API's shape: `{ wordPolicy: { customWords: [{ match: "secret", action: "BLOCKED" }], managedWordLists: [] } }`. */
  assessment: object;
  /** What the model said, for the trace. */
  modelOutput?: string[];
  /** `Guardrail blocked.` by default. */
  actionReason?: string;
}

/** An error of the service, a fault of the network, or a raw script; made by the function of the same name. */
export type ScriptedAnswer =
  | { kind: "error"; name: ErrorName; message: string; status: number }
  | { kind: "events"; events: StreamEvent[] }
  | { kind: "unscripted" }
  | { kind: "json"; body: unknown }
  | { kind: "reset" }
  | { kind: "hang" }
  | { kind: "html"; status: number }
  | { kind: "status"; status: number }
  | { kind: "headers"; answer: Answer; headers: Record<string, string> }
  | { kind: "slow"; answer: Answer; delays: Delays }
  | { kind: "truncated"; answer: Answer; afterEvents?: number; afterBytes?: number; abrupt?: boolean }
  | { kind: "stall"; answer: Answer; afterEvents?: number }
  | { kind: "corrupt"; answer: Answer; event: number; what: CorruptPart };

/** The answer to `count-tokens`: the count, an error or a fault. */
export type TokenCount = number | ScriptedAnswer;

/** Makes the answer to `count-tokens` from the request. */
export type TokenCountFunction = (request: BedrockRequest) => TokenCount | Promise<TokenCount>;

/** Makes an answer from the request it answers. */
export type AnswerFunction = (request: BedrockRequest) => Answer | Promise<Answer>;

/** An answer that the endpoint can be told to send. */
export type Answer = string | ContentBlock | ContentBlock[] | MessageAnswer | ScriptedAnswer | AnswerFunction;
