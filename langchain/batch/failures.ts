/**
 * What a failure says:
 * - `refused`: Bedrock will never take this input, so that it is not asked again;
 * - `busy`: it is throttled, out of order or out of reach, so that all requests pause;
 * - `setup`: no input can be asked with these credentials, this region or this model;
 * - `other`: this input was not answered this time.
 */
export type FailureKind = "refused" | "busy" | "setup" | "other";

/** What is read of an error, by members: it may be one of AWS's client for JavaScript, or of another copy of the package. */
interface Failure extends Error {
  $fault?: string;
  $metadata?: { httpStatusCode?: number };
  /** What to do about it: then it is not the input. */
  hint?: string;
  lc_error_code?: string;
  retryAfterMs?: number;
}

const SETUP_CODES = new Set<unknown>(["MODEL_AUTHENTICATION", "MODEL_NOT_FOUND"]);

/** An input that is too long has a class of LangChain's. */
const REFUSALS = new Set(["ValidationException", "ContextOverflowError"]);

/** Of throttling, of models that are being loaded, and of services that are too busy. Other failures of the service may be due to the input. */
const BUSY_STATUS = new Set<unknown>([429, 503]);

/** Of requests whose signature or caller is not accepted, by services that have no names of their own for it. */
const SETUP_STATUS = new Set<unknown>([401, 403]);

export function kindOf({ name, $fault, $metadata, hint, lc_error_code }: Failure): FailureKind {
  if (name === "CredentialsProviderError" || SETUP_CODES.has(lc_error_code) || SETUP_STATUS.has($metadata?.httpStatusCode) || (hint !== undefined && $fault === "client")) return "setup";
  if (REFUSALS.has(name) && $fault === "client") return "refused";
  if (BUSY_STATUS.has($metadata?.httpStatusCode) || lc_error_code === "MODEL_RATE_LIMIT") return "busy";
  const isConnection = $fault === undefined && $metadata !== undefined && name !== "IncompleteStreamError";
  return isConnection ? "busy" : "other";
}

/** Whether a request got no answer at all, and not because it took too long. */
export function isWithoutAnswer({ name, $fault, lc_error_code }: Failure): boolean {
  return $fault === undefined && lc_error_code !== "MODEL_STREAM_TIMEOUT" && name !== "IncompleteStreamError";
}

/** The milliseconds that the answer asked to wait. */
export function retryAfterOf({ retryAfterMs }: Failure): number | undefined {
  return retryAfterMs;
}

/** What is thrown may be no error: a function of the user's can throw anything. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
