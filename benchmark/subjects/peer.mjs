import { Agent } from "node:http";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { BedrockEmbeddings, ChatBedrockConverse } from "@langchain/aws";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * Over TLS the package makes its own client, as for most of its users: it speaks HTTP/2. The handler of that client does not support plain HTTP, so there it
 * gets the SDK's other one, without a limit of sockets: with 50, the default, calls would wait for each other.
 */
export function connect(scenario, { ports, region, credentials }, over = "plain") {
  const model = `anthropic.claude-${scenario}`;
  if (over === "tls" || over === "http2") return new ChatBedrockConverse({ model, region, credentials, endpointHost: `localhost:${ports.tls}` });
  const endpoint = over === "plain" ? `http://127.0.0.1:${ports.plain}` : `https://localhost:${ports.tls1}`;
  const requestHandler = over === "plain" ? new NodeHttpHandler({ httpAgent: new Agent({ keepAlive: true, maxSockets: Infinity }) }) : new NodeHttpHandler();
  const client = new BedrockRuntimeClient({ endpoint, region, credentials, requestHandler });
  const Class = scenario.startsWith("vector") ? BedrockEmbeddings : ChatBedrockConverse;
  return new Class({ model, region, client });
}
