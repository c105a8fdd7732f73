import { Document, type DocumentInterface } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import type { RunnableConfig } from "@langchain/core/runnables";
import { BEDROCK_AGENT_RUNTIME } from "../aws_client.js";
import { KNOWLEDGE_BASE_OPTIONS } from "../configuration/option_checks.js";
import type { AmazonKnowledgeBaseRetrieverArgs, BedrockAgentRuntimeClient, RetrievalFilter, RetrieverCallOptions, SearchType } from "../types/retrievers.js";
import { cleanText } from "./clean_text.js";
import { RetrieverConnection } from "./retriever_connection.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "AmazonKnowledgeBaseRetriever";

/** The most results of one request. */
const MAX_PAGE = 100;

interface Result {
  content?: { type?: string; text?: string };
  location?: { type?: string } & Record<string, unknown>;
  score?: number;
  metadata?: Record<string, unknown>;
}

interface Answer {
  retrievalResults?: Result[];
  nextToken?: string;
}

/**
 * Documents of a knowledge base of Amazon Bedrock that fit a question, with the names, types and results of the class of the same name in
 * `@langchain/aws`.
 *
 * ```ts
 * const retriever = new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: "ABCDEFGHIJ", topK: 5, region: "us-east-1" });
 * const documents = await retriever.invoke("How are clouds formed?");
 * ```
 *
 * Its fields are the constructor's options of the same names, which {@link AmazonKnowledgeBaseRetrieverArgs} explains.
 */
export class AmazonKnowledgeBaseRetriever extends BaseRetriever {
  static override lc_name(): string {
    return CLASS_NAME;
  }

  lc_namespace: string[] = ["langchain", "retrievers", "amazon_bedrock_knowledge_base"];
  knowledgeBaseId: string;
  topK: number;
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  region: string;
  filter?: RetrievalFilter;
  overrideSearchType?: SearchType;
  rerankingConfiguration?: AmazonKnowledgeBaseRetrieverArgs["rerankingConfiguration"];
  implicitFilterConfiguration?: AmazonKnowledgeBaseRetrieverArgs["implicitFilterConfiguration"];
  guardrailConfiguration?: AmazonKnowledgeBaseRetrieverArgs["guardrailConfiguration"];
  /** AWS's client for JavaScript, made when it is first read. Requests go through it only where it was assigned or changed. */
  declare bedrockAgentRuntimeClient: BedrockAgentRuntimeClient;
  readonly #connection: RetrieverConnection;

  constructor(fields: AmazonKnowledgeBaseRetrieverArgs) {
    const { callbacks, tags, metadata, verbose } = fields;
    super({ callbacks, tags, metadata, verbose });
    if (!fields.knowledgeBaseId) throw new Error(`${CLASS_NAME}: pass the option knowledgeBaseId.`);
    this.knowledgeBaseId = fields.knowledgeBaseId;
    this.topK = fields.topK ?? 10;
    this.filter = fields.filter;
    this.overrideSearchType = fields.overrideSearchType;
    this.rerankingConfiguration = fields.rerankingConfiguration;
    this.implicitFilterConfiguration = fields.implicitFilterConfiguration;
    this.guardrailConfiguration = fields.guardrailConfiguration;
    this.#connection = new RetrieverConnection(this, CLASS_NAME, BEDROCK_AGENT_RUNTIME, fields, KNOWLEDGE_BASE_OPTIONS);
    this.region = this.#connection.region;
  }

  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused. */
  close(): void {
    this.#connection.close();
  }

  override invoke(input: string, options?: Partial<RunnableConfig>): Promise<DocumentInterface<Record<string, any>>[]> {
    return RetrieverConnection.run(options, () => super.invoke(input, options));
  }

  /** A text without line breaks, runs of spaces and ellipses. */
  cleanResult(resText: string): string {
    return cleanText(resText);
  }

  /** The `topK` documents that fit `query` best, asked for in as many requests as that takes. */
  async queryKnowledgeBase(query: string, topK: number, filter?: RetrievalFilter, overrideSearchType?: SearchType, options: RetrieverCallOptions = {}): Promise<Document[]> {
    const results: Result[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await this.#retrieve(query, Math.min(topK - results.length, MAX_PAGE), { filter, overrideSearchType }, nextToken, options);
      results.push(...(answer.retrievalResults ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined && results.length < topK);
    return results.slice(0, topK).map((result) => this.#document(result));
  }

  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    return this.queryKnowledgeBase(query, this.topK, this.filter, this.overrideSearchType);
  }

  #retrieve(text: string, numberOfResults: number, search: object, nextToken: string | undefined, options: RetrieverCallOptions): Promise<Answer> {
    const { knowledgeBaseId, guardrailConfiguration, rerankingConfiguration, implicitFilterConfiguration } = this;
    const vectorSearchConfiguration = { numberOfResults, ...search, rerankingConfiguration, implicitFilterConfiguration };
    const body = { guardrailConfiguration, nextToken, retrievalConfiguration: { vectorSearchConfiguration }, retrievalQuery: { text } };
    return this.#connection.request<Answer>(
      {
        operation: "retrieve",
        resource: knowledgeBaseId,
        service: "bedrock-agent-runtime",
        path: `/knowledgebases/${encodeURIComponent(knowledgeBaseId)}/retrieve`,
        body,
        command: "RetrieveCommand",
        input: { knowledgeBaseId, ...body },
      },
      options,
    );
  }

  #document({ content, location, score, metadata }: Result): Document {
    const { text, ...others } = content ?? {};
    // Images, rows of tables and the like have no text, or more than that.
    const beside = Object.keys(others).some((member) => member !== "type") ? { content: others } : {};
    return new Document({ pageContent: this.cleanResult(text ?? ""), metadata: { source: sourceOf(location), score, ...beside, ...metadata } });
  }
}

/** Each kind of location has one member that says where the document is. */
function sourceOf({ type: _, ...places }: NonNullable<Result["location"]> = {}): string | undefined {
  const [place] = Object.values(places) as { url?: string; uri?: string; id?: string; query?: string }[];
  return place?.url ?? place?.uri ?? place?.id ?? place?.query;
}
