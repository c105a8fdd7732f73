import type { CallOptions } from "../connection/call.js";
import type { AuthenticationOptions, ConnectionOptions, TimeLimitOptions } from "../types/connection.js";
import { withTraceHeader } from "./environment.js";
import { LONGEST_ANSWER, PREWARM_TIMEOUT } from "./time_limits.js";

/** The options of a call that are about its connection. */
interface OwnOptions extends AuthenticationOptions, TimeLimitOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  connectTimeout?: number;
}

/** The options of a call on the connection of `owner`, a model or embeddings, whose options serve where the call has none. */
export function resolveCallOptions(
  { signal, credentials, headers, connectTimeout, bedrockBearerToken, responseTimeout }: OwnOptions,
  owner: Pick<ConnectionOptions, "bedrockBearerToken" | "responseTimeout">,
): CallOptions & { responseTimeout: number } {
  return {
    signal,
    credentials,
    bearerToken: bedrockBearerToken,
    modelBearerToken: typeof owner.bedrockBearerToken === "function" ? owner.bedrockBearerToken : undefined,
    headers: withTraceHeader(headers),
    connectTimeout,
    responseTimeout: (responseTimeout ?? owner.responseTimeout ?? LONGEST_ANSWER) || Infinity,
  };
}

/** The options of `prewarm`. */
export function prewarmOptions(signal: AbortSignal | undefined, { responseTimeout }: Pick<ConnectionOptions, "responseTimeout">): CallOptions {
  return { signal, responseTimeout: (responseTimeout ?? PREWARM_TIMEOUT) || undefined };
}
