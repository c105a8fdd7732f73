import type { ChatBedrockConverse } from "langchain-aws-native";
import type { Bedrock } from "langchain-aws-native/testing";
import { collect } from "./rejection.js";

/** A whole call of a model, with the options of the call. */
export type Call = (model: ChatBedrockConverse, options?: object) => Promise<unknown>;

export const invoke: Call = (model, options) => model.invoke("Hello", options);
export const stream: Call = (model, options) => collect(model.stream("Hello", options));

/** Waits until the first request's connection has ended, and expects that the model ended it. */
export async function expectDisconnect(bedrock: Bedrock): Promise<void> {
  await bedrock.requests[0]?.closed;
  expect(bedrock.requests[0]?.aborted).toBe(true);
}
