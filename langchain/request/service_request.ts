/** An operation of AWS beside those of Bedrock's models, as diagnostics name it. */
export type ServiceOperation = "apply-guardrail" | "guardrail-checks" | "retrieve" | "kendra-retrieve" | "kendra-query";

/** An operation about jobs of batch inference. */
export type JobOperation = "create-model-invocation-job" | "get-model-invocation-job" | "list-model-invocation-jobs" | "stop-model-invocation-job";

/** A JSON request to AWS beside those to Bedrock's models. */
export interface ServiceRequest {
  operation: ServiceOperation;
  /** What is asked: the id of a guardrail, of a knowledge base or of an index. */
  resource: string;
  service: "apply-guardrail" | "guardrail-checks" | "bedrock-agent-runtime" | "kendra";
  /** Encoded. */
  path: string;
  /** The header `x-amz-target`, which names the operation where the path does not. */
  target?: string;
  body: object;
  /** The name and the input of the command of AWS's client for JavaScript that sends the same. */
  command: string;
  input: object;
}
