/**
 * The messages of a Converse request, as the API has them: what `ConverseCommandParams` holds. A block has exactly one member, its kind;
 * members are optional here, so that later versions of the API fit, too.
 */
import type { DocumentType } from "./document.js";

/** Bytes, or an object in S3. Over the wire bytes are base64 texts. */
export interface MediaSource {
  bytes?: Uint8Array;
  s3Location?: S3Location;
}

/** An object in S3, which some models can read. */
export interface S3Location {
  /** Such as `s3://bucket/key`. */
  uri: string | undefined;
  /** The account that owns the bucket, if it is another one: 12 digits. */
  bucketOwner?: string;
}

/** The end of a prompt prefix that Bedrock caches: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
export interface CachePoint {
  type: "default" | undefined;
  /** Its lifetime after the last use. @default "5m" */
  ttl?: "5m" | "1h";
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
export interface ImageBlock {
  format: "png" | "jpeg" | "gif" | "webp" | undefined;
  source: MediaSource | undefined;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoBlock.html */
export interface VideoBlock {
  format: "mkv" | "mov" | "mp4" | "webm" | "flv" | "mpeg" | "mpg" | "wmv" | "three_gp" | undefined;
  source: MediaSource | undefined;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_AudioBlock.html */
export interface AudioBlock {
  format: string | undefined;
  source: MediaSource | undefined;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
export interface DocumentBlock {
  /** @default "txt" */
  format?: "pdf" | "csv" | "doc" | "docx" | "xls" | "xlsx" | "html" | "txt" | "md";
  /** Letters, digits, single spaces, hyphens, parentheses and square brackets; the model sees it. */
  name: string | undefined;
  source: (MediaSource & { text?: string; content?: { text?: string }[] }) | undefined;
  /** Information about the document for the model. */
  context?: string;
  /** Whether the answer should cite it. */
  citations?: { enabled: boolean | undefined };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SearchResultBlock.html */
export interface SearchResultBlock {
  source: string | undefined;
  title: string | undefined;
  content: { text: string | undefined }[] | undefined;
  citations?: { enabled: boolean | undefined };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html */
export interface ToolUseBlock {
  toolUseId: string | undefined;
  name: string | undefined;
  input: DocumentType | undefined;
  /** Set when Bedrock runs the tool itself. */
  type?: "server_tool_use";
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html */
export interface ToolResultBlock {
  /** The `toolUseId` that it answers. */
  toolUseId: string | undefined;
  content: ToolResultContentBlock[] | undefined;
  /** @default "success" */
  status?: "success" | "error";
  type?: string;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html */
export interface ToolResultContentBlock {
  text?: string;
  json?: DocumentType;
  image?: ImageBlock;
  document?: DocumentBlock;
  video?: VideoBlock;
  searchResult?: SearchResultBlock;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConverseContentBlock.html */
export interface GuardContentBlock {
  text?: { text: string | undefined; qualifiers?: ("grounding_source" | "query" | "guard_content")[] };
  image?: { format: "png" | "jpeg" | undefined; source: { bytes?: Uint8Array } | undefined };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningContentBlock.html */
export interface ReasoningContentBlock {
  /** The model verifies the text by `signature`; send both back unchanged. */
  reasoningText?: { text: string | undefined; signature?: string };
  redactedContent?: Uint8Array;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationsContentBlock.html */
export interface CitationsContentBlock {
  content?: { text?: string }[];
  citations?: { title?: string; source?: string; sourceContent?: { text?: string }[]; location?: object }[];
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
export interface ContentBlock {
  text?: string;
  image?: ImageBlock;
  document?: DocumentBlock;
  video?: VideoBlock;
  audio?: AudioBlock;
  toolUse?: ToolUseBlock;
  toolResult?: ToolResultBlock;
  guardContent?: GuardContentBlock;
  cachePoint?: CachePoint;
  reasoningContent?: ReasoningContentBlock;
  citationsContent?: CitationsContentBlock;
  searchResult?: SearchResultBlock;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_SystemContentBlock.html */
export interface SystemContentBlock {
  text?: string;
  guardContent?: GuardContentBlock;
  cachePoint?: CachePoint;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
export interface Message {
  role: "user" | "assistant" | "system" | undefined;
  content: ContentBlock[] | undefined;
}
