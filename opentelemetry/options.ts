import type { MeterProvider, TracerProvider } from "@opentelemetry/api";

/** Options of `instrument`. */
export interface InstrumentOptions {
  /** Makes the spans. Default: the global provider of `@opentelemetry/api`, also one that is registered later. */
  tracerProvider?: TracerProvider;
  /** Makes the metrics. Default: as of `tracerProvider`. */
  meterProvider?: MeterProvider;
  /** Whether the status of a failed span has the error's message. A message of Bedrock's may quote the request. @default false */
  errorMessages?: boolean;
}

const CHECKS: { [Option in keyof InstrumentOptions]-?: [isValid: (value: unknown) => boolean, wanted: string] } = {
  tracerProvider: [hasMethod("getTracer"), "a TracerProvider of @opentelemetry/api, which has a method getTracer"],
  meterProvider: [hasMethod("getMeter"), "a MeterProvider of @opentelemetry/api, which has a method getMeter"],
  errorMessages: [(value) => typeof value === "boolean", "true or false"],
};

export function checkOptions(options: unknown): asserts options is InstrumentOptions {
  if (typeof options !== "object" || options === null) throw new Error(`instrument takes an object of options, which may be left out, not ${nameOf(options)}.`);
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, option)) throw new Error(`instrument has no option ${option}. It has ${Object.keys(CHECKS).join(", ")}.`);
    const [isValid, wanted] = CHECKS[option as keyof InstrumentOptions];
    if (value !== undefined && !isValid(value)) throw new Error(`${option}: instrument takes ${wanted}, not ${nameOf(value)}.`);
  }
}

function hasMethod(method: string): (value: unknown) => boolean {
  return (value) => typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[method] === "function";
}

function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : String(value);
  return `an object with ${Object.keys(value).join(", ") || "no members"}`;
}
