/** Shows what Bedrock sent: the headers of the answer, its body, and how many tokens the model thought. */
import { ChatBedrockConverse } from "langchain-aws-native";

const model = new ChatBedrockConverse({
  model: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  includeResponseHeaders: true,
  includeRaw: true,
  additionalModelResponseFieldPaths: ["/usage"],
});
const { response_metadata, usage_metadata } = await model.invoke("Why is the sky blue?");
const { headers, raw } = response_metadata as { headers: Record<string, string>; raw: { output: object } };
console.log(headers["x-amzn-requestid"]);
console.log(JSON.stringify(raw.output));
console.log("tokens of thinking:", usage_metadata?.output_token_details?.reasoning);
