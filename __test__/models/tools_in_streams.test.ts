import type { AIMessage } from "@langchain/core/messages";
import type { ChatBedrockConverseInput, RequestWarning } from "langchain-aws-native";
import { startBedrock, toolUse, validation, type Bedrock } from "langchain-aws-native/testing";
import { Adder } from "../support/adder.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect, fold } from "../support/streams.js";

/** Models that stream no answer while they have tools (Llama, Mistral Large of 2024, Jamba): the whole answer becomes a stream. */

const LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
const CALL = { name: "add", args: { a: 1, b: 2 } };

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const operations = (): string[] => bedrock.requests.map(({ operation }) => operation);
const codesOf = ({ response_metadata }: Pick<AIMessage, "response_metadata">): string[] => ((response_metadata["warnings"] ?? []) as RequestWarning[]).map(({ code }) => code);

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  const bound = (fields: ChatBedrockConverseInput = {}) => modelOf(bedrock, { model: LLAMA, ...fields }).bindTools([new Adder()]);

  test("chunks", async () => {
    bedrock.reply({ content: [{ text: "Let me see." }, toolUse("add", CALL.args)], usage: { inputTokens: 3, outputTokens: 4 } } as never);
    const answer = await fold(await bound().stream("1 + 2?"));
    expect(operations()).toEqual(["converse"]);
    expect(answer.text).toBe("Let me see.");
    expect(answer.tool_calls).toMatchObject([CALL]);
    expect(answer.usage_metadata).toMatchObject({ input_tokens: 3, output_tokens: 4 });
    expect(answer.response_metadata["stopReason"]).toBe("tool_use");
    expect(codesOf(answer)).toEqual(["answer_not_streamed"]);
  });

  test("content-block events", async () => {
    bedrock.reply(toolUse("add", CALL.args));
    const model = modelOf(bedrock, { model: LLAMA });
    const answer = await ((await model.streamEvents("1 + 2?", { tools: [new Adder()] } as never)) as unknown as PromiseLike<AIMessage>);
    expect(answer.tool_calls).toMatchObject([CALL]);
    expect(operations()).toEqual(["converse"]);
  });

  test("without tools it streams", async () => {
    bedrock.reply("Well.");
    expect(codesOf(await fold(await modelOf(bedrock, { model: LLAMA }).stream("Hi")))).toEqual([]);
    expect(operations()).toEqual(["converse-stream"]);
  });

  test("an unknown model's refusal is learnt", async () => {
    const model = modelOf(bedrock, { model: `test.no-streamed-tools-${modelOf.name}` }).bindTools([new Adder()]);
    bedrock.replyAlways(({ operation }) => (operation === "converse-stream" ? validation("This model doesn't support tool use in streaming mode.") : "Well."));
    expect((await fold(await model.stream("1 + 2?"))).text).toBe("Well.");
    expect((await fold(await model.stream("1 + 2?"))).text).toBe("Well.");
    expect(operations()).toEqual(["converse-stream", "converse", "converse"]);
  });

  test("strict refuses, off streams", async () => {
    const sentence = "toolConfig: The answer is not streamed, since the model streams none while it has tools.";
    expect((await rejection(bound({ adaptation: "strict" }).stream("1 + 2?").then(collect))).message).toBe(sentence);
    expect(operations()).toEqual([]);
    expect((await rejection(bound({ adaptation: "off" }).stream("1 + 2?").then(collect))).message).toMatch(/streaming mode/);
    expect(operations()).toEqual(["converse-stream"]);
  });
});
