/** An operation of a service of AWS beside Bedrock's models, as diagnostics name it. */
export type ServiceOperation = "retrieve" | "kendra-retrieve" | "kendra-query";

/** A JSON request to a service of AWS beside Bedrock's models. */
export interface ServiceRequest {
  operation: ServiceOperation;
  /** What is asked: the id of a knowledge base or of an index. */
  resource: string;
  service: "bedrock-agent-runtime" | "kendra";
  /** Encoded. */
  path: string;
  /** The header `x-amz-target`, which names the operation where the path does not. */
  target?: string;
  body: object;
  /** The name and the input of the command of AWS's client for JavaScript that sends the same. */
  command: string;
  input: object;
}
