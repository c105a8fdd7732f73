import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { BedrockBatch, type BatchResult, type BedrockBatchFields } from "langchain-aws-native/batch";
import type { Bedrock, BedrockRequest } from "langchain-aws-native/testing";

export const ROLE = "arn:aws:iam::111122223333:role/batch";

export function modelOf(bedrock: Bedrock, fields: Partial<ChatBedrockConverseInput> = {}): ChatBedrockConverse {
  return new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", maxRetries: 0, ...bedrock.connection, ...fields });
}

/** A batch of small jobs. */
export function batchOf(bedrock: Bedrock, fields: Partial<BedrockBatchFields> = {}): BedrockBatch {
  const places = { input: "s3://bucket/in/", output: "s3://bucket/out/", roleArn: ROLE, s3EndpointUrl: bedrock.url };
  return new BedrockBatch({ model: modelOf(bedrock), ...places, minRecordsPerJob: 2, ...fields });
}

export function questions(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Question ${index}`);
}

/** The id of an input by its index, for inputs without ids of their own. */
export function idOf(index: number): string {
  return `R${String(index).padStart(10, "0")}`;
}

export function requestsOf(bedrock: Bedrock, operation: BedrockRequest["operation"]): BedrockRequest[] {
  return bedrock.requests.filter((request) => request.operation === operation);
}

/** The records of a file in the kit's S3. */
export function recordsIn(bedrock: Bedrock, uri: string): { recordId: string; modelInput: Record<string, unknown> }[] {
  const text = bedrock.s3.get(uri)?.toString() ?? "";
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as { recordId: string; modelInput: Record<string, unknown> });
}

/** What became of each input, in few words. */
export function told(results: BatchResult[]): Record<string, string> {
  return Object.fromEntries(results.map(({ id, message, error }) => [id, message?.text ?? `${error?.name}: ${error?.message}`]));
}
