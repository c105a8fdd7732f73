/** What the value of an option may be. */
import { isHostEntry, MAX_TOTAL_BYTES } from "../connection/media_hosts.js";

/** A token of RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** RFC 9110, section 5.5: no control characters but tabs. */
const HEADER_VALUE = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

export interface OptionType {
  /** Completes "must be …". */
  expected: string;
  accepts: (value: unknown) => boolean;
}

export const STRING: OptionType = { expected: "a string", accepts: (value) => typeof value === "string" };
export const TEXT: OptionType = { expected: "a string that is not empty", accepts: (value) => typeof value === "string" && value !== "" };
export const BOOLEAN: OptionType = { expected: "true or false", accepts: (value) => typeof value === "boolean" };
export const FUNCTION: OptionType = { expected: "a function", accepts: (value) => typeof value === "function" };
export const NUMBER: OptionType = { expected: "a number", accepts: (value) => typeof value === "number" && Number.isFinite(value) };
export const POSITIVE_INTEGER: OptionType = { expected: "a whole number of at least 1", accepts: (value) => Number.isInteger(value) && Number(value) >= 1 };
export const COUNT: OptionType = { expected: "a whole number of at least 0", accepts: (value) => Number.isInteger(value) && Number(value) >= 0 };
export const STRINGS: OptionType = {
  expected: "an array of strings",
  accepts: (value) => Array.isArray(value) && value.every((element) => typeof element === "string"),
};
export const OBJECT: OptionType = { expected: "an object", accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value) };
export const STRING_RECORD: OptionType = {
  expected: "an object whose values are strings",
  accepts: (value) => OBJECT.accepts(value) && Object.values(value as object).every((element) => typeof element === "string"),
};
export const HEADERS: OptionType = {
  expected: "an object of header names and values, which are strings without line breaks",
  accepts: (value) => STRING_RECORD.accepts(value) && Object.entries(value as Record<string, string>).every(([name, text]) => HEADER_NAME.test(name) && HEADER_VALUE.test(text)),
};
export const MILLISECONDS: OptionType = {
  expected: "a non-negative finite number of milliseconds",
  accepts: (value) => NUMBER.accepts(value) && Number(value) >= 0,
};
export const HEDGE: OptionType = {
  expected: "an object with after, a non-negative finite number of milliseconds",
  accepts: (value) => OBJECT.accepts(value) && MILLISECONDS.accepts((value as { after?: unknown }).after),
};
export const ARRAY: OptionType = { expected: "an array", accepts: Array.isArray };
export const URL_TEXT: OptionType = {
  expected: 'a URL such as "http://127.0.0.1:8080"',
  accepts: (value) => typeof value === "string" && /^https?:\/\/./.test(value) && URL.canParse(value),
};
export const ENDPOINT_URL: OptionType = {
  expected: 'a URL such as "http://127.0.0.1:8080", without user and password',
  accepts: (value) => URL_TEXT.accepts(value) && new URL(value as string).username === "" && new URL(value as string).password === "",
};
export const CREDENTIALS: OptionType = {
  expected: "an object with the strings accessKeyId and secretAccessKey, or a function that resolves to one",
  accepts: (value) =>
    typeof value === "function" ||
    (OBJECT.accepts(value) &&
      typeof (value as Record<string, unknown>).accessKeyId === "string" &&
      typeof (value as Record<string, unknown>).secretAccessKey === "string"),
};
/** One that is incomplete is refused by the first call: a build constructs models where the environment has no secrets. */
export const CREDENTIALS_OF_CONSTRUCTOR: OptionType = { ...CREDENTIALS, accepts: (value) => typeof value === "function" || OBJECT.accepts(value) };
export const FILES: OptionType = {
  expected: "a file name or an array of them",
  accepts: (value) => TEXT.accepts(value) || (Array.isArray(value) && value.every(TEXT.accepts)),
};
export const PROXY: OptionType = { expected: 'a URL such as "http://user:password@proxy:8080", or false', accepts: (value) => value === false || URL_TEXT.accepts(value) };
export const HTTP_VERSION: OptionType = { expected: '"1.1" or "2"', accepts: (value) => value === "1.1" || value === "2" };
export const RETRY_MODE: OptionType = { expected: '"standard" or "adaptive"', accepts: (value) => value === "standard" || value === "adaptive" };
const EFFORTS: unknown[] = [undefined, "none", "minimal", "low", "medium", "high", "xhigh", "max"];
export const REASONING: OptionType = {
  expected: 'an object with effort ("none", "minimal", "low", "medium", "high", "xhigh" or "max"), budgetTokens (a whole number) or display ("summarized" or "omitted")',
  accepts: (value) => {
    if (!OBJECT.accepts(value)) return false;
    const { effort, budgetTokens, display } = value as Record<string, unknown>;
    return EFFORTS.includes(effort) && (budgetTokens === undefined || COUNT.accepts(budgetTokens)) && [undefined, "summarized", "omitted"].includes(display as undefined);
  },
};
export const ADAPTATION: OptionType = { expected: '"warn", "strict" or "off"', accepts: (value) => value === "warn" || value === "strict" || value === "off" };
export const REPAIR: OptionType = { expected: '"warn" or "strict"', accepts: (value) => value === "warn" || value === "strict" };
export const GUARDRAIL: OptionType = {
  expected: 'an object with guardrailIdentifier, guardrailVersion, trace ("enabled", "disabled" or "enabled_full") and streamProcessingMode ("sync" or "async")',
  accepts: (value) => {
    if (!OBJECT.accepts(value)) return false;
    const { trace, streamProcessingMode } = value as Record<string, unknown>;
    return [undefined, "enabled", "disabled", "enabled_full"].includes(trace as undefined) && [undefined, "sync", "async"].includes(streamProcessingMode as undefined);
  },
};
export const REDACTION: OptionType = {
  expected: "true, false, or an object with the texts input and output",
  accepts: (value) => BOOLEAN.accepts(value) || (OBJECT.accepts(value) && Object.values(value as object).every((text) => text === undefined || TEXT.accepts(text))),
};
export const FETCH_MEDIA: OptionType = {
  expected:
    'false, or an object with hosts (names such as "cdn.example.com" or "*.example.com", or a function), maxBytes (1 to 104857600), timeout (milliseconds, at least 1) and allowPrivateAddresses',
  accepts: (value) => {
    if (value === false) return true;
    if (!OBJECT.accepts(value)) return false;
    const { hosts, maxBytes, timeout, allowPrivateAddresses, ...others } = value as Record<string, unknown>;
    const isLimit = (limit: unknown, least: number, most: number): boolean => limit === undefined || (NUMBER.accepts(limit) && Number(limit) >= least && Number(limit) <= most);
    const hasHosts = typeof hosts === "function" || (Array.isArray(hosts) && hosts.every(isHostEntry));
    const hasLimits = isLimit(maxBytes, 1, MAX_TOTAL_BYTES) && Number.isInteger(maxBytes ?? 1) && isLimit(timeout, 1, Infinity);
    return hasHosts && hasLimits && [undefined, true, false].includes(allowPrivateAddresses as undefined) && Object.keys(others).length === 0;
  },
};
export const SOURCE: OptionType = { expected: '"INPUT" or "OUTPUT"', accepts: (value) => value === "INPUT" || value === "OUTPUT" };
export const ON_BLOCKED: OptionType = { expected: '"throw" or "replace"', accepts: (value) => value === "throw" || value === "replace" };
export const TOKEN: OptionType = { expected: "a string, or a function that resolves to one", accepts: (value) => STRING.accepts(value) || typeof value === "function" };
export const USER_AGENT: OptionType = {
  expected: "1 to 50 letters, digits or characters of !#$%&'*+-.^_`|~",
  accepts: (value) => typeof value === "string" && /^[\w!#$%&'*+\-.^`|~]{1,50}$/.test(value),
};

/** Throws one sentence about the first option that is invalid. */
export function checkOptions(className: string, values: object, types: Record<string, OptionType>): void {
  for (const option in values) {
    const value = (values as Record<string, unknown>)[option];
    const type = Object.hasOwn(types, option) ? types[option] : undefined;
    if (type === undefined || value == null || type.accepts(value)) continue;
    throw new Error(`${className}: ${option} must be ${type.expected}, but it is ${describe(value)}.`);
  }
}

/** Describes a wrong value without showing strings, which may be secrets. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  return (typeof value === "object" && value !== null) || typeof value === "function" ? `of type ${typeof value}` : String(value);
}
