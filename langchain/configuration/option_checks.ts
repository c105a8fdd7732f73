import { nearestName } from "./nearest_name.js";
import type { ChatBedrockConverseInput } from "../types/chat.js";

/** A token of RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** RFC 9110, section 5.5: no control characters but tabs. */
const HEADER_VALUE = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

interface OptionType {
  /** Completes "must be …". */
  expected: string;
  accepts: (value: unknown) => boolean;
}

const STRING: OptionType = { expected: "a string", accepts: (value) => typeof value === "string" };
const TEXT: OptionType = { expected: "a string that is not empty", accepts: (value) => typeof value === "string" && value !== "" };
const BOOLEAN: OptionType = { expected: "true or false", accepts: (value) => typeof value === "boolean" };
const NUMBER: OptionType = { expected: "a number", accepts: (value) => typeof value === "number" && Number.isFinite(value) };
const POSITIVE_INTEGER: OptionType = { expected: "a whole number of at least 1", accepts: (value) => Number.isInteger(value) && Number(value) >= 1 };
const COUNT: OptionType = { expected: "a whole number of at least 0", accepts: (value) => Number.isInteger(value) && Number(value) >= 0 };
const STRINGS: OptionType = {
  expected: "an array of strings",
  accepts: (value) => Array.isArray(value) && value.every((element) => typeof element === "string"),
};
const OBJECT: OptionType = { expected: "an object", accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value) };
const STRING_RECORD: OptionType = {
  expected: "an object whose values are strings",
  accepts: (value) => OBJECT.accepts(value) && Object.values(value as object).every((element) => typeof element === "string"),
};
const HEADERS: OptionType = {
  expected: "an object of header names and values, which are strings without line breaks",
  accepts: (value) => STRING_RECORD.accepts(value) && Object.entries(value as Record<string, string>).every(([name, text]) => HEADER_NAME.test(name) && HEADER_VALUE.test(text)),
};
const MILLISECONDS: OptionType = {
  expected: "a non-negative finite number of milliseconds",
  accepts: (value) => NUMBER.accepts(value) && Number(value) >= 0,
};
const URL_TEXT: OptionType = {
  expected: 'a URL such as "http://127.0.0.1:8080"',
  accepts: (value) => typeof value === "string" && /^https?:\/\/./.test(value) && URL.canParse(value),
};
const ENDPOINT_URL: OptionType = {
  expected: 'a URL such as "http://127.0.0.1:8080", without user and password',
  accepts: (value) => URL_TEXT.accepts(value) && new URL(value as string).username === "" && new URL(value as string).password === "",
};
const CREDENTIALS: OptionType = {
  expected: "an object with the strings accessKeyId and secretAccessKey, or a function that resolves to one",
  accepts: (value) =>
    typeof value === "function" ||
    (OBJECT.accepts(value) &&
      typeof (value as Record<string, unknown>).accessKeyId === "string" &&
      typeof (value as Record<string, unknown>).secretAccessKey === "string"),
};
/** One that is incomplete is refused by the first call: a build constructs models where the environment has no secrets. */
const CREDENTIALS_OF_CONSTRUCTOR: OptionType = { ...CREDENTIALS, accepts: (value) => typeof value === "function" || OBJECT.accepts(value) };
const FILES: OptionType = {
  expected: "a file name or an array of them",
  accepts: (value) => TEXT.accepts(value) || (Array.isArray(value) && value.every(TEXT.accepts)),
};
const PROXY: OptionType = { expected: 'a URL such as "http://user:password@proxy:8080", or false', accepts: (value) => value === false || URL_TEXT.accepts(value) };
const HTTP_VERSION: OptionType = { expected: '"1.1" or "2"', accepts: (value) => value === "1.1" || value === "2" };
const RETRY_MODE: OptionType = { expected: '"standard" or "adaptive"', accepts: (value) => value === "standard" || value === "adaptive" };
const TOKEN: OptionType = { expected: "a string, or a function that resolves to one", accepts: (value) => STRING.accepts(value) || typeof value === "function" };
const USER_AGENT: OptionType = {
  expected: "1 to 50 letters, digits or characters of !#$%&'*+-.^_`|~",
  accepts: (value) => typeof value === "string" && /^[\w!#$%&'*+\-.^`|~]{1,50}$/.test(value),
};
const TOOL_CHOICE_KINDS: OptionType = {
  expected: 'an array of "auto", "any" and "tool"',
  accepts: (value) => Array.isArray(value) && value.every((kind) => kind === "auto" || kind === "any" || kind === "tool"),
};

/** Options of a request: constructor and call options. */
const REQUEST_OPTIONS: Record<string, OptionType> = {
  temperature: NUMBER,
  maxTokens: POSITIVE_INTEGER,
  topP: NUMBER,
  stop: STRINGS,
  additionalModelResponseFieldPaths: STRINGS,
  guardrailConfig: OBJECT,
  performanceConfig: OBJECT,
  serviceTier: STRING,
  requestMetadata: STRING_RECORD,
  promptVariables: OBJECT,
  outputConfig: OBJECT,
  streamUsage: BOOLEAN,
  streamIdleTimeout: MILLISECONDS,
  responseTimeout: MILLISECONDS,
  streamCoalescing: MILLISECONDS,
  connectTimeout: MILLISECONDS,
  credentials: CREDENTIALS,
  bedrockBearerToken: TOKEN,
};

const CALL_OPTIONS: Record<string, OptionType> = {
  ...REQUEST_OPTIONS,
  strict: BOOLEAN,
  tools: { expected: "an array of tools", accepts: Array.isArray },
  cache_control: OBJECT,
  headers: HEADERS,
};

const CONSTRUCTOR_OPTIONS: Record<string, OptionType> = {
  ...REQUEST_OPTIONS,
  credentials: CREDENTIALS_OF_CONSTRUCTOR,
  model: TEXT,
  applicationInferenceProfile: TEXT,
  streaming: BOOLEAN,
  supportsToolChoiceValues: TOOL_CHOICE_KINDS,
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
  clientOptions: OBJECT,
  maxConcurrency: { expected: "a whole number of at least 1", accepts: (value) => value === Infinity || POSITIVE_INTEGER.accepts(value) },
};

/** Options of `@langchain/aws` that need JavaScript's client, with what to use instead. */
const REFUSED_OPTIONS: Record<string, string> = {
  client: "the connection is native. Use region, credentials, endpointUrl, proxy, caBundle, defaultHeaders and maxRetries",
  ignoreCache: "pass `credentials` as a function",
  mfaCodeProvider: "pass `credentials` as a function",
  roleAssumer: "pass `credentials` as a function",
  roleAssumerWithWebIdentity: "pass `credentials` as a function",
};

/** Throws one sentence about the first constructor option that is invalid. */
export function checkConstructorOptions(fields: ChatBedrockConverseInput): void {
  for (const [option, instead] of Object.entries(REFUSED_OPTIONS)) {
    if ((fields as Record<string, unknown>)[option] != null) {
      throw new Error(`ChatBedrockConverse: the option '${option}' is not supported: ${instead}.`);
    }
  }
  check(fields as Record<string, unknown>, CONSTRUCTOR_OPTIONS);
  for (const option of Object.keys(fields)) warnOfMisspelling(option);
}

/** Throws one sentence about the first call option that is invalid. */
export function checkCallOptions(options: object): void {
  check(options as Record<string, unknown>, CALL_OPTIONS);
}

function check(values: Record<string, unknown>, types: Record<string, OptionType>): void {
  for (const option in values) {
    const value = values[option];
    const type = Object.hasOwn(types, option) ? types[option] : undefined;
    if (type === undefined || value == null || type.accepts(value)) continue;
    throw new Error(`ChatBedrockConverse: ${option} must be ${type.expected}, but it is ${describe(value)}.`);
  }
}

/** Describes a wrong value without showing strings, which may be secrets. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  return typeof value === "object" || typeof value === "function" ? `of type ${typeof value}` : String(value);
}

/** Misspelt options that were warned of: once in a process is enough. */
const warned = new Set<string>();

/** LangChain has options of its own, so an unknown one is no error; one that is nearly an option of ours is probably a misspelling. */
function warnOfMisspelling(option: string): void {
  if (Object.hasOwn(CONSTRUCTOR_OPTIONS, option) || LANGCHAIN_OPTIONS.has(option) || warned.has(option)) return;
  const nearest = nearestName(option, Object.keys(CONSTRUCTOR_OPTIONS));
  if (nearest === undefined) return;
  warned.add(option);
  process.emitWarning(`ChatBedrockConverse has no option '${option}'. Did you mean '${nearest}'?`, "LangChainAwsNativeWarning");
}

/** Options of LangChain's base classes. */
const LANGCHAIN_OPTIONS = new Set(["cache", "callbackManager", "callbacks", "disableStreaming", "metadata", "name", "onFailedAttempt", "outputVersion", "tags", "verbose"]);
