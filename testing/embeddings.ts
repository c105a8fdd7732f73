import { createHash } from "node:crypto";
import { isObject } from "./json.js";
import { tokensIn } from "./tokens.js";
import type { BedrockRequest } from "./types.js";

/** The answer of an embedding model when there is no other; `undefined` if the request is not for one. Its vectors depend on texts and purpose only. */
export function embeddingAnswer({ modelId, body }: Pick<BedrockRequest, "modelId" | "body">): object | undefined {
  const text = body["inputText"];
  if (/cohere\.embed/.test(modelId)) return cohereAnswer(modelId, body);
  if (/nova-.*embed/.test(modelId)) return novaAnswer(body);
  if (/marengo-embed/.test(modelId)) return { data: [{ embedding: vectorOf([modelId, marengoText(body)], /embed-2/.test(modelId) ? 1024 : 512) }] };
  return typeof text === "string" ? titanAnswer(modelId, text, body) : undefined;
}

/** The tokens of the texts that an embedding model is asked for. */
export function embeddedTokens(body: Record<string, unknown>): number {
  const { text } = isObject(body["singleEmbeddingParams"]) ? body["singleEmbeddingParams"] : {};
  const ofNova = isObject(text) ? text["value"] : undefined;
  const texts = [body["texts"], body["inputText"], marengoText(body), ofNova].find((it) => it !== undefined) ?? [];
  return [texts].flat().reduce<number>((sum, it) => sum + tokensIn(String(it)), 0);
}

function titanAnswer(modelId: string, text: string, body: Record<string, unknown>): object {
  const config = isObject(body["embeddingConfig"]) ? body["embeddingConfig"] : {};
  const dimensions = Number(body["dimensions"] ?? config["outputEmbeddingLength"] ?? (/embed-text-v1/.test(modelId) ? 1536 : 1024));
  const embedding = vectorOf([modelId, text], dimensions);
  const types = Array.isArray(body["embeddingTypes"]) ? body["embeddingTypes"].map(String) : undefined;
  const byType = types && Object.fromEntries(types.map((type) => [type, type === "float" ? embedding : bits(embedding)]));
  return {
    ...(types === undefined || types.includes("float") ? { embedding } : {}),
    ...(byType === undefined ? {} : { embeddingsByType: byType }),
    inputTextTokenCount: tokensIn(text),
  };
}

function cohereAnswer(modelId: string, body: Record<string, unknown>): object {
  const texts = Array.isArray(body["texts"]) ? body["texts"].map(String) : [];
  const dimensions = /embed-v4/.test(modelId) ? Number(body["output_dimension"] ?? 1536) : 1024;
  const vectors = texts.map((text) => vectorOf([modelId, text, body["input_type"]], dimensions));
  const types = Array.isArray(body["embedding_types"]) ? body["embedding_types"].map(String) : undefined;
  const byType = types && Object.fromEntries(types.map((type) => [type, type === "float" ? vectors : vectors.map(bits)]));
  return { id: "local", response_type: types ? "embeddings_by_type" : "embeddings_floats", embeddings: byType ?? vectors, texts };
}

function novaAnswer(body: Record<string, unknown>): object {
  const { embeddingPurpose, embeddingDimension = 3072, text } = isObject(body["singleEmbeddingParams"]) ? body["singleEmbeddingParams"] : {};
  const value = isObject(text) ? text["value"] : undefined;
  return { embeddings: [{ embeddingType: "TEXT", embedding: vectorOf(["nova", value, embeddingPurpose], Number(embeddingDimension)) }] };
}

function marengoText(body: Record<string, unknown>): unknown {
  return isObject(body["text"]) ? body["text"]["inputText"] : body["inputText"];
}

/** A vector of length 1 that depends on `seed` only. */
function vectorOf(seed: unknown[], dimensions: number): number[] {
  const key = JSON.stringify(seed);
  const numbers: number[] = [];
  for (let block = 0; numbers.length < dimensions; block++) {
    const hash = createHash("sha256").update(`${block} ${key}`).digest();
    for (let at = 0; at < hash.length && numbers.length < dimensions; at += 4) numbers.push(hash.readInt32LE(at) / 2 ** 31);
  }
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}

function bits(vector: number[]): number[] {
  return vector.map((number) => (number > 0 ? 1 : 0));
}
