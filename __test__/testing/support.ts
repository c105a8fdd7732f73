import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Bedrock, BedrockRequest, RequestBody } from "../../testing/index.js";

export const MODEL = "anthropic.claude-sonnet-4-20250514-v1:0";

/** AWS's own client for an endpoint. It would speak HTTP/2 and retry, which no test here is about. */
export function awsClient(bedrock: Bedrock, config: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: bedrock.url,
    region: bedrock.region,
    credentials: bedrock.connection.credentials,
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
    ...config,
  });
}

/** A question to a model, in the shape of the AWS client's input. */
export function ask(question: string, modelId: string = MODEL): { modelId: string; messages: { role: "user"; content: { text: string }[] }[] } {
  return { modelId, messages: [{ role: "user", content: [{ text: question }] }] };
}

/** A request as an answer function sees it. */
export function requestOf(body: RequestBody): BedrockRequest {
  return {
    operation: "converse",
    modelId: MODEL,
    method: "POST",
    url: `/model/${encodeURIComponent(MODEL)}/converse`,
    headers: {},
    rawBody: Buffer.from(JSON.stringify(body)),
    body,
    response: { status: undefined, requestId: "00000000-0000-4000-8000-000000000000" },
    aborted: false,
    closed: Promise.resolve(),
  };
}

/** All items of a stream. */
export async function collect<T>(stream: AsyncIterable<T> | undefined): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream ?? []) items.push(item);
  return items;
}
