/** Holds calls to the quota of an account, so that none is throttled; prints how long each waited. */
import { subscribe } from "node:diagnostics_channel";
import { ChatBedrockConverse, type StartMessage } from "langchain-aws-native";

subscribe("langchain-aws-native:request:start", (message) => {
  const { rateLimitWait = 0 } = message as StartMessage;
  console.log(`sent after ${Math.round(rateLimitWait / 1000)} s`);
});

const model = new ChatBedrockConverse({
  model: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  // Bedrock takes it from the quota when a call comes, so it decides how many fit into a minute.
  maxTokens: 500,
  rateLimit: { requestsPerMinute: 100, tokensPerMinute: 200_000 },
});
const answers = await model.batch(["Why is the sky blue?", "And at dusk?", "And on Mars?"]);
console.log(answers.length, "answers");
