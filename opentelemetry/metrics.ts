import type { Attributes, Context, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { EndMessage, FailoverMessage } from "../langchain/connection/diagnostics.js";

/** As the conventions want them. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

/** The instruments of a meter. `attributes` are those of {@link identityOf}; `context` has the span, for exemplars. */
export class Metrics {
  readonly #duration: Histogram;
  readonly #timeToFirstChunk: Histogram;
  readonly #tokens: Histogram;
  readonly #cacheRead: Counter;
  readonly #cacheCreation: Counter;
  readonly #retries: Counter;
  readonly #warnings: Counter;
  readonly #rateLimitWait: Histogram;
  readonly #failovers: Counter;

  constructor(meter: Meter) {
    const seconds = (name: string, description: string): Histogram =>
      meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: SECONDS } });
    this.#duration = seconds("gen_ai.client.operation.duration", "GenAI operation duration.");
    this.#timeToFirstChunk = seconds("gen_ai.client.operation.time_to_first_chunk", "Time to receive the first chunk of a stream.");
    this.#rateLimitWait = seconds("langchain_aws_native.client.rate_limit.wait", "Time that a request waited for its rate limit.");
    const description = "Number of input and output tokens used.";
    this.#tokens = meter.createHistogram("gen_ai.client.token.usage", { description, unit: "{token}", advice: { explicitBucketBoundaries: TOKENS } });
    const count = (name: string, unit: string, description: string): Counter => meter.createCounter(`langchain_aws_native.client.${name}`, { description, unit });
    this.#cacheRead = count("cache_read.input_tokens", "{token}", "Input tokens read from the prompt cache.");
    this.#cacheCreation = count("cache_creation.input_tokens", "{token}", "Input tokens written to the prompt cache.");
    this.#retries = count("retries", "{retry}", "Attempts after the first.");
    this.#failovers = count("failovers", "{request}", "Requests that were sent to another target.");
    this.#warnings = count("warnings", "{warning}", "What was changed in requests, or was not found in the prompt cache.");
  }

  /** `milliseconds` from the call to its end. */
  recordDuration(milliseconds: number, attributes: Attributes, context: Context): void {
    this.#duration.record(milliseconds / 1000, attributes, context);
  }

  recordRateLimitWait(milliseconds: number, attributes: Attributes, context: Context): void {
    this.#rateLimitWait.record(milliseconds / 1000, attributes, context);
  }

  recordFirstChunk(milliseconds: number, attributes: Attributes, context: Context): void {
    this.#timeToFirstChunk.record(milliseconds / 1000, attributes, context);
  }

  recordFailover({ kind, reason }: FailoverMessage, attributes: Attributes, context: Context): void {
    this.#failovers.add(1, { ...attributes, "langchain_aws_native.failover.kind": kind, "langchain_aws_native.failover.reason": reason }, context);
  }

  recordAnswer({ operation, usage, warnings = [] }: EndMessage, attributes: Attributes, context: Context): void {
    if (usage !== undefined) {
      const { cache_read = 0, cache_creation = 0 } = usage.input_token_details ?? {};
      this.#tokens.record(usage.input_tokens, { ...attributes, "gen_ai.token.type": "input" }, context);
      if (operation !== "invoke-model") this.#tokens.record(usage.output_tokens, { ...attributes, "gen_ai.token.type": "output" }, context);
      if (cache_read > 0) this.#cacheRead.add(cache_read, attributes, context);
      if (cache_creation > 0) this.#cacheCreation.add(cache_creation, attributes, context);
    }
    for (const { code } of warnings) this.#warnings.add(1, { ...attributes, "langchain_aws_native.warning.code": code }, context);
  }

  recordRetries(retries: number, attributes: Attributes, context: Context): void {
    this.#retries.add(retries, attributes, context);
  }
}
