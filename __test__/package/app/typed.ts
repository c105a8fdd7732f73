import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatBedrockConverse, type ChatBedrockConverseInput, type ConverseCommandParams, type Tool } from "langchain-aws-native";
import { BedrockBatch, type BatchResult } from "langchain-aws-native/batch";
import { instrument, type InstrumentOptions } from "langchain-aws-native/opentelemetry";
import { startBedrock, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";

const input: ChatBedrockConverseInput = { model: "amazon.nova-lite-v1:0", region: "us-east-1", temperature: 0 };
const weather: Tool = { toolSpec: { name: "get_weather", inputSchema: { json: { type: "object" } } } };

export async function ask(): Promise<AIMessageChunk> {
  const bedrock: Bedrock = await startBedrock();
  bedrock.reply(toolUse("get_weather", { city: "Paris" }));
  const model = new ChatBedrockConverse({ ...input, ...bedrock.connection });
  const message: AIMessageChunk = await model.bindTools([weather], { tool_choice: "any" }).invoke("Hello");
  const joke: { setup: string } = await model.withStructuredOutput(z.object({ setup: z.string() })).invoke("A joke");
  for await (const chunk of await model.stream(joke.setup)) process.stdout.write(chunk.text);
  const params: Partial<ConverseCommandParams> = model.invocationParams({});
  console.log(params.inferenceConfig?.temperature);
  return message;
}

export async function askAll(questions: AsyncIterable<string>): Promise<string[]> {
  const results: BatchResult[] = [];
  for await (const result of new BedrockBatch({ model: new ChatBedrockConverse(input) }).runLocally(questions)) results.push(result);
  return results.map(({ id, message, error }) => `${id}: ${message?.text ?? error?.message}`);
}

const options: InstrumentOptions = { errorMessages: true };
export const stop: () => void = instrument(options);

// @ts-expect-error an option that is none
new ChatBedrockConverse({ temprature: 0 });
