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
  const json = writeJson({ ...parameters, texts: texts.map((text) => text.toWellFormed()) });
  return { modelId: parameters.modelId, json, texts: undefined, earlier: undefined, attachments: [], warnings: [], members: parameters, exchange: undefined, fetchMedia: undefined, fetched: undefined };
}

/** Of all members only the caller's parameters may be what JSON cannot carry. */
function writeJson(request: object): string {
  try {
    return JSON.stringify(request);
  } catch (error) {
    throw new Error("modelParameters: a BigInt, or an object that contains itself, cannot be written as JSON.", { cause: error });
  }
}
