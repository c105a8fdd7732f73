/**
 * The requests of knowledge bases and of Kendra, as far as the AWS API reference states members and limits (agent-runtime: Retrieve,
 * KnowledgeBaseVectorSearchConfiguration, RetrievalFilter; Kendra: Retrieve, Query), read on 2026-11-25.
 */
import { type Shape, anyText, json, list, number, oneOf, someText, structure, text, union } from "./shapes.js";

const condition = structure("FilterAttribute", { key: text({ min: 1, max: 100 }), value: json }, "key", "value");
const CONDITIONS = ["equals", "notEquals", "greaterThan", "greaterThanOrEquals", "lessThan", "lessThanOrEquals", "in", "notIn", "startsWith", "listContains", "stringContains"];
const filterMembers: Record<string, Shape> = Object.fromEntries(CONDITIONS.map((name) => [name, condition]));
const filter = union("RetrievalFilter", filterMembers);
filterMembers["andAll"] = list(filter, { min: 2 });
filterMembers["orAll"] = list(filter, { min: 2 });

export const RETRIEVE_REQUEST: Shape = structure(
  "RetrieveRequest",
  {
    retrievalQuery: structure("KnowledgeBaseQuery", { text: anyText, type: oneOf("TEXT", "IMAGE"), image: json }),
    retrievalConfiguration: structure("KnowledgeBaseRetrievalConfiguration", {
      vectorSearchConfiguration: structure("KnowledgeBaseVectorSearchConfiguration", {
        numberOfResults: number({ min: 1, max: 100 }, true),
        overrideSearchType: oneOf("HYBRID", "SEMANTIC"),
        filter,
        rerankingConfiguration: structure("VectorSearchRerankingConfiguration", { type: oneOf("BEDROCK_RERANKING_MODEL"), bedrockRerankingConfiguration: json }, "type"),
        implicitFilterConfiguration: json,
      }),
      managedSearchConfiguration: json,
    }),
    guardrailConfiguration: structure("GuardrailConfiguration", { guardrailId: someText, guardrailVersion: someText }, "guardrailId", "guardrailVersion"),
    nextToken: someText,
  },
  "retrievalQuery",
);

export const KENDRA_REQUEST: Shape = structure(
  "KendraRequest",
  { IndexId: text({ min: 36, max: 36 }), QueryText: anyText, AttributeFilter: json, PageNumber: number({}, true), PageSize: number({ min: 1, max: 100 }, true) },
  "IndexId",
);
