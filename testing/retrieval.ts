import { isObject } from "./json.js";
import type { BedrockRequest } from "./types.js";

/** How many passages each knowledge base and each index has. */
const PASSAGES = 250;

/** The answer of a retriever's service when there is no other: passages that depend on the question only. `undefined` for other requests. */
export function retrievalAnswer({ operation, body }: Pick<BedrockRequest, "operation" | "body">): object | undefined {
  if (operation === "retrieve") return knowledgeBaseAnswer(body);
  if (operation === "kendra-retrieve") return { QueryId: "local", ResultItems: kendraPage(body).map((index) => kendraPassage(body, index)) };
  if (operation === "kendra-query") return { QueryId: "local", TotalNumberOfResults: PASSAGES, ResultItems: kendraPage(body).map((index) => kendraResult(body, index)) };
  return undefined;
}

function knowledgeBaseAnswer(body: Record<string, unknown>): object {
  const { retrievalQuery, retrievalConfiguration, nextToken } = body;
  const search = isObject(retrievalConfiguration) ? retrievalConfiguration["vectorSearchConfiguration"] : undefined;
  const count = Number((isObject(search) ? search["numberOfResults"] : undefined) ?? 5);
  const start = Number(nextToken ?? 0);
  const question = isObject(retrievalQuery) ? String(retrievalQuery["text"] ?? "") : "";
  const end = Math.min(start + count, PASSAGES);
  return {
    retrievalResults: range(start, end).map((index) => ({
      content: { type: "TEXT", text: `Passage ${index} about:  ${question}` },
      location: { type: "S3", s3Location: { uri: `s3://documents/${index}.txt` } },
      score: 1 - index / PASSAGES,
      metadata: { "x-amz-bedrock-kb-source-uri": `s3://documents/${index}.txt`, page: index },
    })),
    ...(end < PASSAGES && { nextToken: String(end) }),
  };
}

function kendraPage({ PageSize = 10, PageNumber = 1 }: Record<string, unknown>): number[] {
  const size = Number(PageSize);
  const start = (Number(PageNumber) - 1) * size;
  return range(start, Math.min(start + size, PASSAGES));
}

function kendraPassage({ QueryText }: Record<string, unknown>, index: number): object {
  return { Id: String(index), DocumentTitle: `Document ${index}`, Content: `Passage ${index} about:\n${QueryText}`, ...kendraDocument(index) };
}

function kendraResult({ QueryText }: Record<string, unknown>, index: number): object {
  const text = { Text: `Excerpt ${index} about ${QueryText}`, Highlights: [] };
  return { Id: String(index), Type: "DOCUMENT", DocumentTitle: { Text: `Document ${index}` }, DocumentExcerpt: text, ...kendraDocument(index) };
}

function kendraDocument(index: number): object {
  return {
    DocumentURI: `https://documents.example/${index}`,
    DocumentAttributes: [
      { Key: "_created_at", Value: { DateValue: 1_700_000_000 + index } },
      { Key: "_language_code", Value: { StringValue: "en" } },
    ],
  };
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
