/**
 * A Lambda function. Model and connection are made while the function starts, and shared by its later calls. Bundle it with
 * `esbuild --bundle --platform=node --loader:.node=copy`, or leave langchain-aws-native out of the bundle: see docs/install.md.
 */
import { ChatBedrockConverse } from "langchain-aws-native";

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" });
// What goes wrong here, the first call tells.
model.prewarm().catch(() => undefined);

export async function handler(event: { question: string }): Promise<{ answer: string; tokens: number | undefined }> {
  const message = await model.invoke(event.question);
  return { answer: message.text, tokens: message.usage_metadata?.total_tokens };
}
