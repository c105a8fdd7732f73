// @ts-ignore: Where the package is not installed, its types are `any`.
import type { BedrockAgentRuntimeClient as AwsAgentClient, BedrockAgentRuntimeClientConfig, GuardrailConfiguration, ImplicitFilterConfiguration, RetrievalFilter as AwsRetrievalFilter, SearchType as AwsSearchType, VectorSearchRerankingConfiguration } from "@aws-sdk/client-bedrock-agent-runtime";
// @ts-ignore: Where the package is not installed, its types are `any`.
import type { AttributeFilter as AwsAttributeFilter, DocumentAttribute as AwsDocumentAttribute, DocumentAttributeValue as AwsDocumentAttributeValue, KendraClient as AwsKendraClient, KendraClientConfig, QueryCommandOutput as AwsQueryOutput, QueryResultItem as AwsQueryResultItem, RetrieveCommandOutput as AwsRetrieveOutput, RetrieveResultItem as AwsRetrieveResultItem } from "@aws-sdk/client-kendra";
import type { BaseRetrieverInput } from "@langchain/core/retrievers";
import type { AnyClient, IfInstalled, SupportedClientOptions } from "./aws_client.js";
import type { ConnectionOptions, TimeLimitOptions } from "./connection.js";
import type { CredentialType } from "./credentials.js";

type AnyObject = Record<string, any>;
type AnyClientOptions = SupportedClientOptions & AnyObject;

/** AWS's client for knowledge bases, where its package is installed. */
export type BedrockAgentRuntimeClient = IfInstalled<AwsAgentClient, AnyClient>;
/** AWS's client for Kendra, where its package is installed. */
export type KendraClient = IfInstalled<AwsKendraClient, AnyClient>;
/** A condition on the metadata of a knowledge base's documents. */
export type RetrievalFilter = IfInstalled<AwsRetrievalFilter, AnyObject>;
/** How a knowledge base searches: by words and meaning, or by meaning. */
export type SearchType = IfInstalled<AwsSearchType, "HYBRID" | "SEMANTIC">;
/** A condition on the attributes of a Kendra index's documents. */
export type AttributeFilter = IfInstalled<AwsAttributeFilter, AnyObject>;
/** An attribute of a document in a Kendra index. */
export type DocumentAttribute = IfInstalled<AwsDocumentAttribute, { Key: string | undefined; Value: DocumentAttributeValue | undefined }>;
/** Its value: one of the members is set. */
export type DocumentAttributeValue = IfInstalled<
  AwsDocumentAttributeValue,
  { StringValue?: string; StringListValue?: string[]; LongValue?: number; DateValue?: Date }
>;
/** A result of Kendra's Retrieve. */
export type RetrieveResultItem = IfInstalled<AwsRetrieveResultItem, AnyObject>;
/** A result of Kendra's Query. */
export type QueryResultItem = IfInstalled<AwsQueryResultItem, AnyObject>;
/** The answer of Kendra's Retrieve. */
export type RetrieveCommandOutput = IfInstalled<AwsRetrieveOutput, { ResultItems?: RetrieveResultItem[] } & AnyObject>;
/** The answer of Kendra's Query. */
export type QueryCommandOutput = IfInstalled<AwsQueryOutput, { ResultItems?: QueryResultItem[] } & AnyObject>;

/** Options of the connection: those of the chat model but for API keys, which these services do not take. */
export interface RetrieverConnectionOptions
  extends Omit<ConnectionOptions, "client" | "clientOptions" | "bedrockBearerToken" | "bedrockApiKey" | "bedrockApiSecret" | "bedrockApiSessionToken">,
    BaseRetrieverInput {
  /** How many documents are returned. @default 10 */
  topK?: number;
}

/** Constructor options of `AmazonKnowledgeBaseRetriever`. */
export interface AmazonKnowledgeBaseRetrieverArgs extends RetrieverConnectionOptions {
  /** The id of the knowledge base, ten letters and digits. */
  knowledgeBaseId: string;
  /** A condition on the documents' metadata. */
  filter?: RetrievalFilter;
  /** How it searches. Default: the knowledge base decides. */
  overrideSearchType?: SearchType;
  /** A model that orders the results anew. */
  rerankingConfiguration?: IfInstalled<VectorSearchRerankingConfiguration, AnyObject>;
  /** A model that makes a condition on the metadata of the question. */
  implicitFilterConfiguration?: IfInstalled<ImplicitFilterConfiguration, AnyObject>;
  /** A guardrail for the question and the results. */
  guardrailConfiguration?: IfInstalled<GuardrailConfiguration, AnyObject>;
  /** As the option of the chat model: the configuration of AWS's own client. */
  clientOptions?: IfInstalled<BedrockAgentRuntimeClientConfig, AnyClientOptions>;
}

/** Constructor options of `AmazonKendraRetriever`. */
export interface AmazonKendraRetrieverArgs extends RetrieverConnectionOptions {
  /** The id of the index. */
  indexId: string;
  /** A condition on the documents' attributes. */
  attributeFilter?: AttributeFilter;
  /** As the option of the chat model: the configuration of AWS's own client. */
  clientOptions?: IfInstalled<KendraClientConfig, AnyClientOptions>;
}

/** Options of one call of `queryKnowledgeBase` or `queryKendra`. */
export interface RetrieverCallOptions extends TimeLimitOptions {
  /** Ends the call, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Credentials for this call. */
  credentials?: CredentialType;
  /** Headers in addition to `defaultHeaders`, over which they have precedence; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. */
  connectTimeout?: number;
}
