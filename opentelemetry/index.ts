import { Instrumentation } from "./instrumentation.js";
import { checkOptions, type InstrumentOptions } from "./options.js";

export type { InstrumentOptions } from "./options.js";

/** Where the process keeps what is on: this module may be loaded twice, as an ES module and as CommonJS. */
const ACTIVE = Symbol.for("langchain-aws-native.opentelemetry");

/**
 * Reports each request of this package as a span and as metrics, by the names of OpenTelemetry's conventions for generative AI (v1.41.1). The parent of a
 * span is the one that is active when the request begins. Nothing of the conversation is recorded.
 *
 * ```ts
 * const stop = instrument();
 * ```
 *
 * It is on once in a process: a later call takes the place of the one before. Returns a function that ends it; requests under way are still reported.
 * Throws one sentence for an option that is none, or of another kind.
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  checkOptions(options);
  const holder = globalThis as { [ACTIVE]?: { stop(): void } };
  holder[ACTIVE]?.stop();
  const instrumentation = new Instrumentation({ ...options });
  holder[ACTIVE] = instrumentation;
  return () => {
    instrumentation.stop();
    if (holder[ACTIVE] === instrumentation) delete holder[ACTIVE];
  };
}
