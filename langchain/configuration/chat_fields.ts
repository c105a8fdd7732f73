import type { ChatBedrockConverseInput } from "../types/chat.js";

/** Options of `ChatBedrockConverse` that become fields of the same name. */
export const FIELDS: readonly (keyof ChatBedrockConverseInput)[] = [
  "model",
  "applicationInferenceProfile",
  "rateLimit",
  "streaming",
  "supportsToolChoiceValues",
  "temperature",
  "maxTokens",
  "topP",
  "stop",
  "endpointHost",
  "endpointUrl",
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "streamUsage",
  "streamIdleTimeout",
  "responseTimeout",
  "streamCoalescing",
  "adaptation",
  "reasoning",
  "splitInlineReasoning",
  "includeResponseHeaders",
  "includeRaw",
  "fetchMedia",
  "modelProfile",
  "guardrailConfig",
  "guardLastTurnOnly",
  "redactGuardrailContent",
  "performanceConfig",
  "serviceTier",
  "requestMetadata",
  "promptVariables",
  "outputConfig",
  "failover",
  "failoverAfter",
  "hedge",
];

/** Fields that may hold secrets: they can be read, but are not enumerable, so that no dump of the model shows them. */
export const SECRETS: readonly string[] = ["bedrockApiKey", "bedrockApiSecret", "bedrockApiSessionToken", "bedrockBearerToken", "defaultHeaders", "clientOptions", "lc_kwargs"];
