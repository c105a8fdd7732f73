import type { Request } from "./request.js";

/** What a text is for: some models make other vectors of a question than of the documents that answer it. */
export type EmbeddingPurpose = "query" | "document";

/** The members of a request beside its texts. */
export interface EmbeddingParameters {
  modelId: string;
  /** The model that the shape of the request follows. */
  model: string;
  purpose: EmbeddingPurpose;
  dimensions: number | undefined;
  modelParameters: Record<string, unknown> | undefined;
}

export function writeEmbeddingRequest(texts: string[], parameters: EmbeddingParameters): Request {
  // Half of a surrogate pair has no UTF-8 encoding.
  const json = JSON.stringify({ ...parameters, texts: texts.map((text) => text.toWellFormed()) });
  return { modelId: parameters.modelId, json, texts: undefined, attachments: [] };
}

/** Throws one sentence about the first text that cannot be embedded: Bedrock refuses empty ones without saying which. */
export function checkTexts(method: string, texts: unknown): void {
  if (!Array.isArray(texts)) throw new Error(`BedrockEmbeddings: ${method} takes an array of strings, but it got ${describe(texts)}.`);
  for (const [index, text] of texts.entries()) checkText(`${method}: texts[${index}]`, text);
}

/** Throws one sentence if a text cannot be embedded. */
export function checkText(place: string, text: unknown): void {
  if (typeof text === "string" && text !== "") return;
  throw new Error(`BedrockEmbeddings: ${place} must be a string that is not empty, but it is ${text === "" ? "empty" : describe(text)}.`);
}

function describe(value: unknown): string {
  return value === null || value === undefined ? String(value) : `of type ${typeof value}`;
}
