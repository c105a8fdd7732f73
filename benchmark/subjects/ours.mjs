import { BedrockEmbeddings, ChatBedrockConverse } from "langchain-aws-native";

/** How to reach the endpoint over `plain`, `tls`, `tls1` or `http2`, with defaults for everything else. */
export function connect(scenario, { ports, region, credentials }, over = "plain") {
  const endpointUrl = over === "plain" ? `http://127.0.0.1:${ports.plain}` : `https://localhost:${ports[over] ?? ports.tls}`;
  const Class = scenario.startsWith("vector") ? BedrockEmbeddings : ChatBedrockConverse;
  return new Class({ model: `anthropic.claude-${scenario}`, endpointUrl, region, credentials, ...(over === "http2" && { httpVersion: "2" }) });
}
