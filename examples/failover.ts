/**
 * A region that is throttled, and a model that is slow: another region answers. Two endpoints in this process play the regions; with AWS's own, a target is
 * `{ region: "us-west-2" }`.
 */
import { ChatBedrockConverse } from "langchain-aws-native";
import { hang, startBedrock, throttling } from "langchain-aws-native/testing";

const [virginia, oregon] = [await startBedrock({ region: "us-east-1" }), await startBedrock({ region: "us-west-2" })];
const options = { ...virginia.connection, failover: [{ region: "us-west-2", endpointUrl: oregon.url }], maxRetries: 0 };
const model = new ChatBedrockConverse({ model: "us.anthropic.claude-haiku-4-5-20251001-v1:0", ...options });
const hedged = new ChatBedrockConverse({ model: "us.amazon.nova-lite-v1:0", ...options, hedge: { after: 100 } });

async function ask(who: ChatBedrockConverse, question: string): Promise<void> {
  const { text, response_metadata } = await who.invoke(question);
  const { target, warnings = [] } = response_metadata as { target: { region: string }; warnings?: { code: string }[] };
  console.log(`${target.region}: ${text}`, warnings.map(({ code }) => code));
}

await ask(model, "Who is there?");
virginia.replyAlways(throttling());
await ask(model, "Is it throttled?");
await ask(model, "Does it rest?");
virginia.replyAlways(hang());
await ask(hedged, "Is it slow?");

model.close();
hedged.close();
await Promise.all([virginia.close(), oregon.close()]);
