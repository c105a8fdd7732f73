import type { Attributes } from "@opentelemetry/api";
import type { EndMessage, FailoverMessage, Operation, StartMessage } from "../langchain/connection/diagnostics.js";

/**
 * The version of the conventions. It is the last release that has those of generative AI: they moved to open-telemetry/semantic-conventions-genai, which
 * has no release yet (open-telemetry/opentelemetry-js#7014, 2026-08-18). The schema of v1.41.1 is 1.41.0.
 */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.41.0";

/** `gen_ai.operation.name` and `gen_ai.provider.name`. The conventions have no names for a count of tokens, for guardrails and for Kendra, and allow others. */
const OPERATIONS: Record<Operation, { name: string; provider: "aws.bedrock" | "aws.kendra" }> = {
  converse: { name: "chat", provider: "aws.bedrock" },
  "converse-stream": { name: "chat", provider: "aws.bedrock" },
  "invoke-model": { name: "embeddings", provider: "aws.bedrock" },
  "count-tokens": { name: "count_tokens", provider: "aws.bedrock" },
  "apply-guardrail": { name: "apply_guardrail", provider: "aws.bedrock" },
  "guardrail-checks": { name: "invoke_guardrail_checks", provider: "aws.bedrock" },
  retrieve: { name: "retrieval", provider: "aws.bedrock" },
  "kendra-retrieve": { name: "retrieval", provider: "aws.kendra" },
  "kendra-query": { name: "retrieval", provider: "aws.kendra" },
};

/** Operations that ask no model. */
const NO_MODEL = new Set(["retrieval", "apply_guardrail", "invoke_guardrail_checks"]);

export function spanNameOf({ operation, model }: StartMessage): string {
  return `${OPERATIONS[operation].name} ${model}`;
}

/** What spans and metrics of a request have in common: nothing that differs from call to call. */
export function identityOf({ operation, model, endpoint }: StartMessage): Attributes {
  const { name, provider } = OPERATIONS[operation];
  return defined({
    "gen_ai.operation.name": name,
    "gen_ai.provider.name": provider,
    "gen_ai.request.model": NO_MODEL.has(name) ? undefined : model,
    "server.address": endpoint?.host,
    "server.port": endpoint?.port,
  });
}

/** What a span has from its start, so that a sampler sees it. */
export function requestAttributesOf(message: StartMessage): Attributes {
  const { operation, model, region, parameters, rateLimitWait } = message;
  return defined({
    ...identityOf(message),
    "cloud.region": region || undefined,
    "gen_ai.request.stream": operation === "converse-stream" || undefined,
    "gen_ai.request.max_tokens": parameters.maxTokens,
    "gen_ai.request.temperature": parameters.temperature,
    "gen_ai.request.top_p": parameters.topP,
    "gen_ai.request.stop_sequences": parameters.stopSequences,
    "gen_ai.output.type": parameters.outputType,
    "gen_ai.embeddings.dimension.count": parameters.dimensions,
    "gen_ai.data_source.id": OPERATIONS[operation].name === "retrieval" ? model : undefined,
    "aws.bedrock.knowledge_base.id": operation === "retrieve" ? model : undefined,
    "aws.bedrock.guardrail.id": parameters.guardrail,
    "langchain_aws_native.rate_limit.wait": rateLimitWait === undefined ? undefined : rateLimitWait / 1000,
  });
}

export function answerAttributesOf({ operation, requestId, usage, finishReason, warnings }: EndMessage): Attributes {
  return defined({
    "aws.request_id": requestId,
    "gen_ai.response.finish_reasons": finishReason === undefined ? undefined : [finishReason],
    "gen_ai.usage.input_tokens": usage?.input_tokens,
    "gen_ai.usage.output_tokens": operation === "invoke-model" ? undefined : usage?.output_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.input_token_details?.cache_read,
    "gen_ai.usage.cache_creation.input_tokens": usage?.input_token_details?.cache_creation,
    "langchain_aws_native.warning.codes": warnings?.map(({ code }) => code),
    "langchain_aws_native.warning.paths": warnings?.map(({ path }) => path),
  });
}

/** Why a request was sent to another target. */
export function switchAttributesOf({ kind, reason, from }: FailoverMessage): Attributes {
  return defined({
    "langchain_aws_native.failover.kind": kind,
    "langchain_aws_native.failover.reason": reason,
    "langchain_aws_native.failover.from.model": from.model,
    "langchain_aws_native.failover.from.region": from.region || undefined,
    "langchain_aws_native.failover.from.endpoint": from.endpointUrl,
  });
}

export function errorAttributesOf(error: unknown): Attributes {
  const { $metadata } = (error ?? {}) as { $metadata?: { requestId?: unknown } };
  const requestId = $metadata?.requestId;
  return defined({ ...errorTypeOf(error), "aws.request_id": typeof requestId === "string" ? requestId : undefined });
}

/** The exception's name. The reason of a signal may be anything; the conventions' name for what has none is `_OTHER`. */
export function errorTypeOf(error: unknown): Attributes {
  const { name } = (error ?? {}) as { name?: unknown };
  return { "error.type": typeof name === "string" && name !== "" ? name : "_OTHER" };
}

/** Without members that are `undefined`: the SDK would make a series of its own for metrics that have them. */
function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
