/** Beside `AWS_*`: where the shared AWS files are. */
const HOME_VARIABLES = ["HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH"];

/**
 * The variables that the core's AWS SDK and its credential providers read. The core does not read the environment itself: in a worker or a test
 * runner `process.env` is not the environment of the process, and reading that on another thread while JavaScript writes to it can crash the process.
 */
export function environmentSnapshot(): Record<string, string> {
  const snapshot: Record<string, string> = {};
  for (const name of Object.keys(process.env)) {
    const value = name.startsWith("AWS_") || HOME_VARIABLES.includes(name) ? process.env[name] : undefined;
    if (value !== undefined) snapshot[name] = value;
  }
  return snapshot;
}

const TRACE_HEADER = "x-amzn-trace-id";

/**
 * Adds the header by which AWS finds Lambda functions that call themselves, if this is a function and the headers do not have it. The variable changes
 * with every invocation of the function.
 */
export function withTraceHeader(headers: Record<string, string> | undefined): Record<string, string> | undefined {
  // Each read of `process.env` is a call into the system: elsewhere one is enough.
  const trace = process.env["AWS_LAMBDA_FUNCTION_NAME"] && process.env["_X_AMZN_TRACE_ID"];
  if (!trace || Object.keys(headers ?? {}).some((header) => header.toLowerCase() === TRACE_HEADER)) return headers;
  return { ...headers, [TRACE_HEADER]: trace.replace(/[^\x20-\x7e]/g, encodeURIComponent) };
}
