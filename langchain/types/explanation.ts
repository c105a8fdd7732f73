import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { TargetDescription } from "./availability.js";
import type { RequestWarning } from "./warnings.js";

/** What `explainRequest` says of a call: the request that `invoke` would send, and why it is as it is. */
export interface RequestExplanation {
  /** `ConverseStream` if the model has the option `streaming`. The body is the same. */
  operation: "Converse" | "ConverseStream";
  /** The id or ARN that is called. */
  modelId: string;
  /** The path of the request, which names `modelId`, encoded. */
  path: string;
  /** Absent where no option and no environment variable names an endpoint: AWS's files and the region decide then. */
  url?: string;
  /** By lower-case name. Values that callers gave are `<hidden>`; what signs the request is not among them. */
  headers: Record<string, string>;
  /** The body. Bytes are base64 texts in it, as they are over the wire. */
  body: ConverseBody;
  /** What was changed because Bedrock would have refused it: what the answer would have in `response_metadata.warnings`. */
  warnings: RequestWarning[];
  /** The files that `fetchMedia` would fetch first. The body has `source: { url }` in the place of each, and no `format` where only the file tells it. */
  mediaToFetch: { url: string; path: string }[];
  /** What is known of the model whose rules applied. */
  model: ModelFacts;
  /** The cache points of the body in the order in which Bedrock reads it: tools, system text, messages. */
  cachePoints: CachePointExplanation[];
  /** With failover: the targets that are asked when the first, whose request this is, cannot answer. */
  targets?: TargetDescription[];
}

/** A body of Converse, as JSON. */
export interface ConverseBody {
  messages?: { role: "user" | "assistant"; content: Record<string, unknown>[] }[];
  system?: Record<string, unknown>[];
  toolConfig?: { tools?: Record<string, unknown>[]; toolChoice?: Record<string, unknown> };
  inferenceConfig?: Record<string, unknown>;
  additionalModelRequestFields?: Record<string, unknown>;
  [member: string]: unknown;
}

/** What is known of a model. */
export interface ModelFacts {
  /** The id in the table of models, without geo prefix; `null` for a model that is known only by its family, or not at all. */
  id: string | null;
  /** Facts by name, as docs/models.md explains them. What the model refused in this process is not among them. */
  facts: Record<string, unknown>;
  /** Where each fact is from. */
  sources: Record<string, string>;
  /** What `profile` of the model returns, `modelProfile` included. */
  profile: ModelProfile;
}

/** A cache point, and the prefix of the request that is cached up to it. */
export interface CachePointExplanation {
  /** Where it stands in the body, such as `system[1]`. */
  path: string;
  ttl: string;
  /** An estimate of the prefix's tokens: `model.facts.cacheMinimum` says from how many on the model caches. */
  approximateTokens: number;
  /** The parts of the prefix, such as `tools, system, messages up to messages[2].content[0]`. */
  covers: string;
}
