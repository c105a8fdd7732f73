import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse as PeerChatBedrockConverse } from "@langchain/aws";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import type { Bedrock } from "langchain-aws-native/testing";

/** An endpoint, of the package or of the sources. */
type Endpoint = Pick<Bedrock, "connection" | "region">;

/** A model that takes every kind of tool choice, images and documents. */
export const MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0";

/** Our model, connected to an endpoint. Failures show at once: nothing is retried unless a test says so. */
export function ourModel(bedrock: Endpoint, fields: ChatBedrockConverseInput = {}): ChatBedrockConverse {
  return new ChatBedrockConverse({ model: MODEL, maxRetries: 0, ...bedrock.connection, ...fields });
}

/** The peer's model, connected to the same endpoint. */
export function peerModel(bedrock: Endpoint, fields: Record<string, unknown> = {}): PeerChatBedrockConverse {
  return new PeerChatBedrockConverse({ model: MODEL, region: bedrock.region, client: awsClient(bedrock), ...fields });
}

/** Our model, which sends by AWS's client for JavaScript. */
export function ourModelByClient(bedrock: Endpoint, fields: ChatBedrockConverseInput = {}): ChatBedrockConverse {
  return ourModel(bedrock, { clientOptions: { requestHandler: new NodeHttpHandler() }, ...fields });
}

/** A client of AWS's for JavaScript. Its own HTTP/2 handler cannot speak to a plain HTTP server. */
export function awsClient(bedrock: Endpoint, configuration: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  const { endpointUrl, ...connection } = bedrock.connection;
  return new BedrockRuntimeClient({ endpoint: endpointUrl, ...connection, maxAttempts: 1, requestHandler: new NodeHttpHandler(), ...configuration });
}
