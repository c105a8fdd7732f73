import { TARGET } from "./availability.js";
import { nearestName } from "./nearest_name.js";
import {
  ADAPTATION,
  ARRAY,
  BOOLEAN,
  checkOptions,
  COUNT,
  CREDENTIALS,
  CREDENTIALS_OF_CONSTRUCTOR,
  ENDPOINT_URL,
  FETCH_MEDIA,
  FILES,
  FUNCTION,
  GUARDRAIL,
  HEADERS,
  HEDGE,
  HTTP_VERSION,
  MILLISECONDS,
  NUMBER,
  OBJECT,
  ON_BLOCKED,
  type OptionType,
  POSITIVE_INTEGER, REPAIR,
  PROXY,
  REASONING,
  REDACTION,
  RETRY_MODE,
  SOURCE,
  STRING,
  STRING_RECORD,
  STRINGS,
  TEXT,
  TOKEN,
  USER_AGENT,
} from "./option_types.js";

const TOOL_CHOICE_KINDS: OptionType = {
  expected: 'an array of "auto", "any" and "tool"',
  accepts: (value) => Array.isArray(value) && value.every((kind) => kind === "auto" || kind === "any" || kind === "tool"),
};

/** Options of every call. */
const CALL_CONNECTION_OPTIONS: Record<string, OptionType> = {
  responseTimeout: MILLISECONDS,
  connectTimeout: MILLISECONDS,
  credentials: CREDENTIALS,
  bedrockBearerToken: TOKEN,
  headers: HEADERS,
};

/** Options of every constructor. */
const CONNECTION_OPTIONS: Record<string, OptionType> = {
  responseTimeout: MILLISECONDS,
  connectTimeout: MILLISECONDS,
  credentials: CREDENTIALS_OF_CONSTRUCTOR,
  bedrockBearerToken: TOKEN,
  region: TEXT,
  bedrockApiKey: STRING,
  bedrockApiSecret: STRING,
  bedrockApiSessionToken: STRING,
  profile: TEXT,
  filepath: TEXT,
  configFilepath: TEXT,
  roleArn: TEXT,
  webIdentityTokenFile: TEXT,
  noAuth: BOOLEAN,
  endpointHost: TEXT,
  endpointUrl: ENDPOINT_URL,
  useFipsEndpoint: BOOLEAN,
  useDualstackEndpoint: BOOLEAN,
  defaultHeaders: HEADERS,
  proxy: PROXY,
  noProxy: STRING,
  caBundle: FILES,
  httpVersion: HTTP_VERSION,
  maxRetries: COUNT,
  retryMode: RETRY_MODE,
  userAgent: USER_AGENT,
  client: { expected: "a client of AWS's, or an object with its method `send`", accepts: (value) => typeof (value as { send?: unknown }).send === "function" },
  clientOptions: OBJECT,
  ignoreCache: BOOLEAN,
  mfaCodeProvider: FUNCTION,
  roleAssumer: FUNCTION,
  roleAssumerWithWebIdentity: FUNCTION,
  maxConcurrency: { expected: "a whole number of at least 1", accepts: (value) => value === Infinity || POSITIVE_INTEGER.accepts(value) },
};

/** Constructor options of both retrievers. */
const RETRIEVER_OPTIONS: Record<string, OptionType> = { ...CONNECTION_OPTIONS, topK: POSITIVE_INTEGER };

/** Constructor options of `AmazonKnowledgeBaseRetriever`. */
export const KNOWLEDGE_BASE_OPTIONS: Record<string, OptionType> = {
  ...RETRIEVER_OPTIONS,
  knowledgeBaseId: TEXT,
  filter: OBJECT,
  overrideSearchType: STRING,
  rerankingConfiguration: OBJECT,
  implicitFilterConfiguration: OBJECT,
  guardrailConfiguration: OBJECT,
};

/** Constructor options of `AmazonKendraRetriever`. */
export const KENDRA_OPTIONS: Record<string, OptionType> = { ...RETRIEVER_OPTIONS, indexId: TEXT, attributeFilter: OBJECT };

/** Call options of both retrievers. */
export const RETRIEVER_CALL_OPTIONS: Record<string, OptionType> = {
  responseTimeout: MILLISECONDS,
  connectTimeout: MILLISECONDS,
  credentials: CREDENTIALS,
  headers: HEADERS,
};

/** Options of `applyGuardrail` and `invokeGuardrailChecks`. */
export const GUARDRAIL_CALL_OPTIONS: Record<string, OptionType> = {
  ...CALL_CONNECTION_OPTIONS,
  source: SOURCE,
  guardrailConfig: GUARDRAIL,
  outputScope: { expected: '"INTERVENTIONS" or "FULL"', accepts: (value) => value === "INTERVENTIONS" || value === "FULL" },
};

/** Constructor options of `GuardrailRunnable`. */
export const GUARDRAIL_OPTIONS: Record<string, OptionType> = {
  ...CONNECTION_OPTIONS,
  guardrailIdentifier: TEXT,
  guardrailVersion: TEXT,
  source: SOURCE,
  onBlocked: ON_BLOCKED,
};

/** Options of a request to a chat model: constructor and call options. */
const CHAT_REQUEST_OPTIONS: Record<string, OptionType> = {
  temperature: NUMBER,
  maxTokens: POSITIVE_INTEGER,
  topP: NUMBER,
  stop: STRINGS,
  additionalModelResponseFieldPaths: STRINGS,
  guardrailConfig: GUARDRAIL,
  guardLastTurnOnly: BOOLEAN,
  redactGuardrailContent: REDACTION,
  performanceConfig: OBJECT,
  serviceTier: STRING,
  requestMetadata: STRING_RECORD,
  promptVariables: OBJECT,
  outputConfig: OBJECT,
  streamUsage: BOOLEAN,
  streamIdleTimeout: MILLISECONDS,
  streamCoalescing: MILLISECONDS,
  adaptation: ADAPTATION,
  reasoning: REASONING,
  splitInlineReasoning: BOOLEAN,
  includeResponseHeaders: BOOLEAN,
  includeRaw: BOOLEAN,
  fetchMedia: FETCH_MEDIA,
};

/** Call options of `ChatBedrockConverse`. */
export const CHAT_CALL_OPTIONS: Record<string, OptionType> = {
  ...CALL_CONNECTION_OPTIONS,
  ...CHAT_REQUEST_OPTIONS,
  strict: BOOLEAN,
  tools: { expected: "an array of tools", accepts: Array.isArray },
  cache_control: OBJECT,
};

/** Options of failover and hedging. */
const AVAILABILITY_OPTIONS: Record<string, OptionType> = { failover: ARRAY, failoverAfter: MILLISECONDS, hedge: HEDGE };

/** What a target of `ChatBedrockConverse` may have. */
export const CHAT_TARGET: Record<string, OptionType> = { ...TARGET, guardrailConfig: GUARDRAIL };

/** Constructor options of `ChatBedrockConverse`. */
export const CHAT_OPTIONS: Record<string, OptionType> = {
  ...CONNECTION_OPTIONS,
  ...AVAILABILITY_OPTIONS,
  ...CHAT_REQUEST_OPTIONS,
  model: TEXT,
  applicationInferenceProfile: TEXT,
  rateLimit: OBJECT,
  streaming: BOOLEAN,
  supportsToolChoiceValues: TOOL_CHOICE_KINDS,
  modelProfile: OBJECT,
};

/** Constructor options of `BedrockEmbeddings`. */
export const EMBEDDINGS_OPTIONS: Record<string, OptionType> = {
  ...CONNECTION_OPTIONS,
  model: TEXT,
  applicationInferenceProfile: TEXT,
  batchSize: POSITIVE_INTEGER,
  rateLimit: OBJECT,
  dimensions: POSITIVE_INTEGER,
  modelParameters: OBJECT,
};

/** Options of `mediaFromFile`. */
export const MEDIA_FROM_FILE_OPTIONS: Record<string, OptionType> = { mimeType: TEXT, name: TEXT, maxBytes: POSITIVE_INTEGER };

/** Options of `repairHistory`. */
export const REPAIR_OPTIONS: Record<string, OptionType> = { model: TEXT, adaptation: REPAIR };

/** Call options of `BedrockEmbeddings`. */
export const EMBEDDINGS_CALL_OPTIONS: Record<string, OptionType> = CALL_CONNECTION_OPTIONS;

/** Throws one sentence about the first constructor option that is invalid. */
export function checkConstructorOptions(className: string, fields: object, types: Record<string, OptionType>): void {
  checkOptions(className, fields, types);
  if (Object.hasOwn(types, "rateLimit")) checkRateLimit(className, (fields as { rateLimit?: object | null }).rateLimit ?? undefined);
  for (const option of Object.keys(fields)) warnOfMisspelling(className, option, types);
}

/** Throws one sentence about the first call option that is invalid. */
export function checkCallOptions(className: string, options: object, types: Record<string, OptionType>): void {
  checkOptions(className, options, types);
  for (const option in options) if (!Object.hasOwn(types, option) && isNewName(option)) warnOfMisspelling(className, option, types);
}

/** Names of call options that were looked at: a name is compared with all options once. Names may be made by a program, so the number is limited. */
const seenNames = new Set<string>();
const MAX_SEEN_NAMES = 1000;

function isNewName(option: string): boolean {
  if (seenNames.has(option) || seenNames.size >= MAX_SEEN_NAMES) return false;
  seenNames.add(option);
  return true;
}

/** The members of `rateLimit`, by the names that errors have. */
const RATE_LIMITS: Record<string, OptionType> = { "rateLimit.requestsPerMinute": POSITIVE_INTEGER, "rateLimit.tokensPerMinute": POSITIVE_INTEGER };

/** A misspelt limit would be none. */
function checkRateLimit(className: string, rateLimit: object | undefined): void {
  if (rateLimit === undefined) return;
  const members = Object.fromEntries(Object.entries(rateLimit).map(([member, value]) => [`rateLimit.${member}`, value]));
  const unknown = Object.keys(members).find((member) => !Object.hasOwn(RATE_LIMITS, member));
  if (unknown !== undefined) throw new Error(`${className}: ${unknown} is no option: rateLimit has requestsPerMinute and tokensPerMinute.`);
  checkOptions(className, members, RATE_LIMITS);
  if (Object.values(members).every((value) => value == null)) throw new Error(`${className}: rateLimit must have requestsPerMinute, tokensPerMinute or both.`);
}

/** Options that were warned of: once in a process is enough. */
const warned = new Set<string>();

function warnOnce(option: string, sentence: string): void {
  if (warned.has(option)) return;
  warned.add(option);
  process.emitWarning(sentence, "LangChainAwsNativeWarning");
}

/** Options of the native client's network. */
const NATIVE_OPTIONS = ["proxy", "noProxy", "caBundle", "httpVersion", "connectTimeout"];

/** Warns of options that have no effect, because requests go through AWS's client for JavaScript. */
export function warnOfNativeOptions(className: string, fields: object): void {
  for (const option of NATIVE_OPTIONS.filter((name) => Object.hasOwn(fields, name))) {
    const reason = "this model sends by AWS's JavaScript client (`client`, or an option that only that client has). Configure its requestHandler instead";
    warnOnce(option, `${className}: ${option} has no effect, because ${reason}.`);
  }
}

/** LangChain has options of its own, so an unknown one is no error; one that is nearly an option of ours is probably a misspelling. */
function warnOfMisspelling(className: string, option: string, types: Record<string, OptionType>): void {
  if (Object.hasOwn(types, option) || LANGCHAIN_OPTIONS.has(option)) return;
  const nearest = nearestName(option, Object.keys(types));
  if (nearest !== undefined) warnOnce(option, `${className} has no option '${option}'. Did you mean '${nearest}'?`);
}

/** Options of LangChain's base classes. */
const LANGCHAIN_OPTIONS = new Set(["cache", "callbackManager", "callbacks", "disableStreaming", "metadata", "name", "onFailedAttempt", "outputVersion", "tags", "verbose"]);
