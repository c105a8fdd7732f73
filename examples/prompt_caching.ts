/** Pays for a long prompt once: later calls read it from Bedrock's cache for a tenth of the price. */
import { ChatBedrockConverse } from "langchain-aws-native";

const handbook = "Employees may work from anywhere. ".repeat(500);
const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" }).withConfig({ cache_control: { ttl: "5m" } });

for (const question of ["May I work from a beach?", "And from a train?"]) {
  const { text, usage_metadata } = await model.invoke([["system", handbook], ["human", question]]);
  const { cache_creation, cache_read } = usage_metadata?.input_token_details ?? {};
  console.log(text, { written: cache_creation, read: cache_read });
}
