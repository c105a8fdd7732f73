import { Document, type DocumentInterface } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import type { RunnableConfig } from "@langchain/core/runnables";
import { KENDRA } from "../aws_client.js";
import { KENDRA_OPTIONS } from "../configuration/option_checks.js";
import { datesToSeconds, secondsToDates } from "../request/kendra_dates.js";
import type {
  AmazonKendraRetrieverArgs,
  AttributeFilter,
  DocumentAttribute,
  DocumentAttributeValue,
  KendraClient,
  QueryCommandOutput,
  QueryResultItem,
  RetrieveCommandOutput,
  RetrieveResultItem,
  RetrieverCallOptions,
} from "../types/retrievers.js";
import { cleanText } from "./clean_text.js";
import { RetrieverConnection } from "./retriever_connection.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "AmazonKendraRetriever";

/** The most results of one request. */
const MAX_PAGE = 100;

/** The metadata of a document of Kendra. */
interface KendraMetadata extends Record<string, any> {
  source: string | undefined;
  title: string;
  excerpt: string;
  document_attributes: { [key: string]: unknown };
}

/**
 * Documents of an index of Amazon Kendra that fit a question, with the names, types and results of the class of the same name in `@langchain/aws`.
 *
 * ```ts
 * const retriever = new AmazonKendraRetriever({ indexId: "0123abcd-…", topK: 5, region: "us-east-1" });
 * const documents = await retriever.invoke("How are clouds formed?");
 * ```
 *
 * Its fields are the constructor's options of the same names, which {@link AmazonKendraRetrieverArgs} explains.
 */
export class AmazonKendraRetriever extends BaseRetriever {
  static override lc_name(): string {
    return CLASS_NAME;
  }

  lc_namespace: string[] = ["langchain", "retrievers", "amazon_kendra"];
  indexId: string;
  topK: number;
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  region: string;
  attributeFilter?: AttributeFilter;
  /** AWS's client for JavaScript, made when it is first read. Requests go through it only where it was assigned or changed. */
  declare kendraClient: KendraClient;
  readonly #connection: RetrieverConnection;

  constructor(fields: AmazonKendraRetrieverArgs) {
    const { callbacks, tags, metadata, verbose } = fields;
    super({ callbacks, tags, metadata, verbose });
    if (!fields.indexId) throw new Error("Please pass Kendra Index Id to the constructor");
    this.indexId = fields.indexId;
    this.topK = fields.topK ?? 10;
    this.attributeFilter = fields.attributeFilter;
    this.#connection = new RetrieverConnection(this, CLASS_NAME, KENDRA, fields, KENDRA_OPTIONS);
    this.region = this.#connection.region;
  }

  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused. */
  close(): void {
    this.#connection.close();
  }

  override invoke(input: string, options?: Partial<RunnableConfig>): Promise<DocumentInterface<Record<string, any>>[]> {
    return RetrieverConnection.run(options, () => super.invoke(input, options));
  }

  /** Title and excerpt as one text. */
  combineText(title?: string, excerpt?: string): string {
    return `${title ? `Document Title: ${title}\n` : ""}${excerpt ? `Document Excerpt: \n${excerpt}\n` : ""}`;
  }

  /** A text without line breaks, runs of spaces and ellipses. */
  cleanResult(resText: string): string {
    return cleanText(resText);
  }

  /** The member of an attribute's value that is set. */
  getDocAttributeValue(value: DocumentAttributeValue): string | number | string[] | Date {
    return value.DateValue || value.LongValue || value.StringListValue || value.StringValue || "";
  }

  /** Attributes by their keys. */
  getDocAttributes(documentAttributes?: DocumentAttribute[]): { [key: string]: unknown } {
    const complete = (documentAttributes ?? []).filter(({ Key, Value }) => Key && Value);
    return Object.fromEntries(complete.map(({ Key, Value }) => [Key, this.getDocAttributeValue(Value!)]));
  }

  /** A document of a result of Retrieve. */
  convertRetrieverItem(item: RetrieveResultItem): Document<KendraMetadata> {
    return this.#document(item, item.DocumentTitle || "", item.Content ? this.cleanResult(item.Content) : "");
  }

  /** The documents of the first `pageSize` results. */
  getRetrieverDocs(response: RetrieveCommandOutput, pageSize: number): Document<KendraMetadata>[] {
    return (response.ResultItems ?? []).slice(0, pageSize).map((item) => this.convertRetrieverItem(item));
  }

  /** The answer that Kendra found in a document, or else its excerpt. */
  getQueryItemExcerpt(item: QueryResultItem): string {
    const [attribute] = item.AdditionalAttributes ?? [];
    const text = attribute?.Key === "AnswerText" ? attribute.Value?.TextWithHighlightsValue?.Text : item.DocumentExcerpt?.Text;
    return this.cleanResult(text || "");
  }

  /** A document of a result of Query. */
  convertQueryItem(item: QueryResultItem): Document<KendraMetadata> {
    return this.#document(item, item.DocumentTitle?.Text || "", this.getQueryItemExcerpt(item));
  }

  /** The documents of the first `pageSize` results. */
  getQueryDocs(response: QueryCommandOutput, pageSize: number): Document<KendraMetadata>[] {
    return (response.ResultItems ?? []).slice(0, pageSize).map((item) => this.convertQueryItem(item));
  }

  /** The `topK` documents that fit `query` best: passages of Kendra's Retrieve, or if there are none, what its Query finds. */
  async queryKendra(query: string, topK: number, attributeFilter?: AttributeFilter, options: RetrieverCallOptions = {}): Promise<Document<KendraMetadata>[]> {
    const search = { IndexId: this.indexId, QueryText: query, AttributeFilter: attributeFilter };
    const passages = await this.#pages<RetrieveResultItem>("Retrieve", search, topK, options);
    if (passages === undefined || passages.length > 0) return this.getRetrieverDocs({ ResultItems: passages } as RetrieveCommandOutput, topK);
    const found = await this.#pages<QueryResultItem>("Query", search, topK, options);
    return this.getQueryDocs({ ResultItems: found } as QueryCommandOutput, topK);
  }

  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    return this.queryKendra(query, this.topK, this.attributeFilter);
  }

  /** The results, asked for in as many requests as `topK` takes; `undefined` if the answer has no such member. */
  async #pages<Item>(operation: "Retrieve" | "Query", search: object, topK: number, options: RetrieverCallOptions): Promise<Item[] | undefined> {
    const items: Item[] = [];
    for (let page = 1; ; page++) {
      const size = { PageSize: Math.min(topK, MAX_PAGE), ...(page > 1 && { PageNumber: page }) };
      const { ResultItems } = await this.#ask<{ ResultItems?: Item[] }>(operation, { ...search, ...size }, options);
      if (ResultItems === undefined && page === 1) return undefined;
      items.push(...(ResultItems ?? []));
      if (items.length >= topK || (ResultItems?.length ?? 0) < size.PageSize) return items;
    }
  }

  async #ask<Answer extends object>(operation: "Retrieve" | "Query", input: object, options: RetrieverCallOptions): Promise<Answer> {
    const answer = await this.#connection.request<Answer>(
      {
        operation: operation === "Retrieve" ? "kendra-retrieve" : "kendra-query",
        resource: this.indexId,
        service: "kendra",
        path: "/",
        target: `AWSKendraFrontendService.${operation}`,
        body: datesToSeconds(input),
        command: `${operation}Command`,
        input,
      },
      options,
    );
    return secondsToDates(answer);
  }

  #document(item: { DocumentURI?: string; DocumentAttributes?: DocumentAttribute[] }, title: string, excerpt: string): Document<KendraMetadata> {
    const metadata = { source: item.DocumentURI, title, excerpt, document_attributes: this.getDocAttributes(item.DocumentAttributes) };
    return new Document({ pageContent: this.combineText(title, excerpt), metadata });
  }
}
