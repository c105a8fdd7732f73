import { startBedrock, toolUse, truncated, unscripted, type Bedrock } from "langchain-aws-native/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { answer } from "./weather.js";

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
  bedrock.replyAlways(unscripted());
});
beforeEach(() => bedrock.reset());
afterEach(() => expect(bedrock).toHaveRefusedNothing());
afterAll(() => bedrock.close());

async function ask(question: string): Promise<string> {
  let text = "";
  for await (const piece of answer(question, bedrock.connection)) text += piece;
  return text;
}

test("calls the tool and answers with what it says", async () => {
  bedrock.reply(toolUse("get_weather", { city: "Paris" }, "call_1"), "It is sunny in Paris.");
  expect(await ask("What is the weather in Paris?")).toBe("It is sunny in Paris.");
  expect(bedrock).toHaveReceivedConverseTimes(2);
  expect(bedrock).toHaveReceivedNthConverse(1, { toolConfig: { tools: [{ toolSpec: { name: "get_weather" } }] } });
  expect(bedrock).toHaveReceivedLastConverse({
    messages: [
      { role: "user" },
      { role: "assistant" },
      { role: "user", content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "18 degrees and sunny in Paris" }] } }] },
    ],
  });
});

test("half an answer is an error", async () => {
  bedrock.reply(truncated("It is sunny"));
  await expect(ask("What is the weather in Paris?")).rejects.toThrow();
});
