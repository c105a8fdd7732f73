import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { hang, reasoning, startBedrock, throttling, toolUse, type Answer, type Bedrock, type JsonObject } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { ADA, CHECKED, JSON_PERSON, Person, Person3, StandardPerson, WAYS } from "../support/person.js";
import { collect, rejection } from "../support/rejection.js";

/** An answer without the object is asked for again. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => {
  for (const { response } of bedrock.requests) expect(response?.refused).toBeFalsy();
  return bedrock.close();
});

const messages = (request: number): JsonObject[] => (bedrock.requests[request]?.body as JsonObject).messages as JsonObject[];
type Model = ReturnType<ChatBedrockConverse["withStructuredOutput"]>;

async function* question(): AsyncGenerator<string> {
  yield "Who?";
}

const WRONG = { name: "Ada", age: 36.5 };

describe.each(WAYS)("method %s", (method, answer) => {
  test.each([
    ["zod 4", Person, CHECKED, "age: Invalid input: expected int, received number"],
    ["zod 3", Person3, CHECKED, "age: Expected integer, received float"],
    ["a Standard Schema", StandardPerson, CHECKED, "age: is no integer"],
    ["a JSON schema", JSON_PERSON, ADA, 'age: Instance type "number" is invalid. Expected "integer".'],
  ])("the model is told what the schema refuses: %s", async (_kind, schema, expected, problem) => {
    bedrock.reply(answer(WRONG), answer(ADA));
    expect(await ourModel(bedrock).withStructuredOutput<Record<string, unknown>>(schema, { method }).invoke("Who?")).toEqual(expected);
    expect(bedrock.requests).toHaveLength(2);
    const [question, said, complaint] = messages(1);
    expect([question]).toEqual(messages(0));
    expect(said?.role).toBe("assistant");
    expect(JSON.stringify(said)).toContain("36.5");
    expect(complaint?.role).toBe("user");
    expect(JSON.stringify(complaint)).toContain(JSON.stringify(problem).slice(1, -1));
  });

  test("as often as maxRepairs says, and then the last answer's error is thrown", async () => {
    bedrock.reply(answer({ name: 1 }), answer({ name: 2 }), answer({ name: 3 }), answer(ADA));
    const error = await rejection(ourModel(bedrock).withStructuredOutput(Person, { method, maxRepairs: 2 }).invoke("Who?"));
    expect(error).toBeInstanceOf(OutputParserException);
    expect(error.llmOutput).toContain("3");
    expect(bedrock.requests).toHaveLength(3);
    expect(messages(2)).toHaveLength(5);
  });

  test("never with maxRepairs: 0", async () => {
    bedrock.reply(answer(WRONG), answer(ADA));
    await rejection(ourModel(bedrock).withStructuredOutput(Person, { method, maxRepairs: 0 }).invoke("Who?"));
    expect(bedrock.requests).toHaveLength(1);
  });

  test("includeRaw gives the last message", async () => {
    bedrock.reply({ content: [answer(WRONG)], usage: { inputTokens: 1, outputTokens: 2 } }, { content: [answer(ADA)], usage: { inputTokens: 3, outputTokens: 4 } });
    const { raw, parsed } = await ourModel(bedrock).withStructuredOutput(Person, { method, includeRaw: true }).invoke("Who?");
    expect(parsed).toEqual(CHECKED);
    expect((raw as AIMessage).usage_metadata).toMatchObject({ input_tokens: 3, output_tokens: 4 });
  });

  test("what a JSON schema still refuses is the output", async () => {
    bedrock.reply(answer(WRONG), answer({ name: "Ada" }));
    expect(await ourModel(bedrock).withStructuredOutput(JSON_PERSON, { method }).invoke("Who?")).toEqual({ name: "Ada" });
    bedrock.reply(answer(WRONG), "I do not know.");
    const { raw, parsed } = await ourModel(bedrock).withStructuredOutput(JSON_PERSON, { method, includeRaw: true }).invoke("Who?");
    expect(parsed).toEqual(WRONG);
    expect(JSON.stringify(raw)).toContain("36.5");
    expect(bedrock.requests).toHaveLength(4);
  });

  test.each(["max_tokens", "guardrail_intervened", "content_filtered", "model_context_window_exceeded"])("not after the stop reason %s", async (stopReason) => {
    bedrock.reply({ content: [answer(WRONG)], stopReason }, answer(ADA));
    await rejection(ourModel(bedrock).withStructuredOutput(Person, { method }).invoke("Who?"));
    expect(bedrock.requests).toHaveLength(1);
  });
});

describe("what is sent", () => {
  test("a failed result for the call", async () => {
    bedrock.reply([reasoning("Hm.", "c2ln"), toolUse("extract", { name: 1 }, "call_1")], toolUse("extract", ADA));
    await ourModel(bedrock).withStructuredOutput(JSON_PERSON).invoke("Who?");
    const problems = 'Instance does not have required property "age".; name: Instance type "number" is invalid. Expected "string".';
    expect(messages(1)).toEqual([
      { role: "user", content: [{ text: "Who?" }] },
      { role: "assistant", content: [{ reasoningContent: { reasoningText: { text: "Hm.", signature: "c2ln" } } }, { toolUse: { toolUseId: "call_1", name: "extract", input: { name: 1 } } }] },
      { role: "user", content: [{ toolResult: { toolUseId: "call_1", status: "error", content: [{ text: `${problems}\nCall the tool extract with arguments that match its schema.` }] } }] },
    ]);
    expect((bedrock.requests[1]?.body as JsonObject).toolConfig).toEqual((bedrock.requests[0]?.body as JsonObject).toolConfig);
  });

  test("a result for each call, also for those of other tools", async () => {
    bedrock.reply([toolUse("other", {}, "call_1"), toolUse("another", {}, "call_2")], toolUse("extract", ADA));
    expect(await ourModel(bedrock).withStructuredOutput(Person).invoke("Who?")).toEqual(CHECKED);
    const content = ["call_1", "call_2"].map((toolUseId) => ({ toolResult: expect.objectContaining({ toolUseId, status: "error" }) }));
    expect(messages(1)[2]).toEqual({ role: "user", content });
  });

  test("a message after a text", async () => {
    bedrock.reply("I do not know.", toolUse("extract", ADA));
    expect(await ourModel(bedrock).withStructuredOutput(Person).invoke("Who?")).toEqual(CHECKED);
    expect(messages(1).slice(1)).toEqual([
      { role: "assistant", content: [{ text: "I do not know." }] },
      { role: "user", content: [{ text: "This answer cannot be used. No tool calls found in the response.\nCall the tool extract with arguments that match its schema." }] },
    ]);
  });

  test("no answer that has nothing to send", async () => {
    bedrock.reply([reasoning("Hm.", "c2ln")], toolUse("extract", ADA));
    expect(await ourModel(bedrock).withStructuredOutput(Person).invoke("Who?")).toEqual(CHECKED);
    expect(messages(1).map(({ role }) => role)).toEqual(["user"]);
  });

  test("the described schema once more", async () => {
    bedrock.reply("Ada, 36", JSON.stringify(ADA));
    expect(await ourModel(bedrock).withStructuredOutput(Person, { method: "prompt" }).invoke("Who?")).toEqual(CHECKED);
    expect(messages(1)[0]).toEqual(messages(0)[0]);
    expect(messages(1)[2]).toEqual({ role: "user", content: [{ text: "This answer cannot be used. It holds no JSON.\nAnswer again, with JSON only." }] });
  });
});

describe("a repair that fails", () => {
  test("leaves the first answer's error, of which it is the cause", async () => {
    bedrock.reply(toolUse("extract", WRONG), throttling());
    const error = await rejection(ourModel(bedrock).withStructuredOutput(Person).invoke("Who?"));
    expect(error).toBeInstanceOf(OutputParserException);
    expect(error.cause).toMatchObject({ name: "ThrottlingException" });
  });

  test("leaves what only a JSON schema refuses", async () => {
    bedrock.reply(toolUse("extract", WRONG), throttling());
    expect(await ourModel(bedrock).withStructuredOutput(JSON_PERSON).invoke("Who?")).toEqual(WRONG);
  });

  test("leaves the message and null", async () => {
    bedrock.reply("I do not know.", throttling());
    const { raw, parsed } = await ourModel(bedrock).withStructuredOutput(Person, { includeRaw: true }).invoke("Who?");
    expect([raw.text, parsed]).toEqual(["I do not know.", null]);
  });
});

test.each<[string, (model: Model, signal: AbortSignal) => Promise<unknown>]>([
  ["invoke", (model, signal) => model.invoke("Who?", { signal })],
  ["stream", (model, signal) => collect(model.stream("Who?", { signal }))],
  ["transform", (model, signal) => collect(model.transform(question(), { signal }))],
])("the caller's signal stops the repair too: %s", async (_way, ask) => {
  const controller = new AbortController();
  const stopping: Answer = () => {
    controller.abort(new Error("Enough."));
    return hang();
  };
  bedrock.reply(toolUse("extract", WRONG), stopping);
  const error = await rejection(ask(ourModel(bedrock).withStructuredOutput(JSON_PERSON), controller.signal));
  expect(error.message).toBe("Enough.");
  expect(bedrock.requests).toHaveLength(2);
});

/** Notes the names of runs, with their parents' and their tags. */
class Runs extends BaseCallbackHandler {
  override name = "runs";
  override awaitHandlers = true;
  readonly #names = new Map<string, string>();
  readonly seen: [string, string | undefined, string[] | undefined][] = [];

  override handleChainStart(...[, , runId, parentRunId, tags, , , name]: Parameters<NonNullable<BaseCallbackHandler["handleChainStart"]>>): void {
    this.#note(runId, name ?? "", parentRunId, tags);
  }

  override handleChatModelStart(...[, , runId, parentRunId, , tags]: Parameters<NonNullable<BaseCallbackHandler["handleChatModelStart"]>>): void {
    this.#note(runId, "model", parentRunId, tags);
  }

  #note(runId: string, name: string, parentRunId: string | undefined, tags: string[] | undefined): void {
    this.#names.set(runId, name);
    this.seen.push([name, parentRunId && this.#names.get(parentRunId), tags]);
  }
}

test("the repair is a call of the same run, with the same options", async () => {
  bedrock.reply(toolUse("extract", WRONG), toolUse("extract", ADA));
  const runs = new Runs();
  await ourModel(bedrock).withStructuredOutput(Person).invoke("Who?", { callbacks: [runs], tags: ["mine"], maxTokens: 50 } as object);
  expect(runs.seen).toEqual([
    ["StructuredOutput", undefined, ["mine"]],
    ["model", "StructuredOutput", ["seq:step:1", "mine"]],
    ["model", "StructuredOutput", ["repair:1", "mine"]],
  ]);
  expect(bedrock.requests.map(({ body }) => (body as JsonObject).inferenceConfig)).toEqual([{ maxTokens: 50 }, { maxTokens: 50 }]);
});

test.each([-1, 1.5, "2"])("maxRepairs %j is refused", (maxRepairs) => {
  expect(() => ourModel(bedrock).withStructuredOutput(Person, { maxRepairs: maxRepairs as number })).toThrow(
    `ChatBedrockConverse: maxRepairs must be a whole number of at least 0, but it is ${maxRepairs}.`,
  );
});

test("a JSON schema is not written on", async () => {
  const schema = Object.freeze({ type: "object", properties: Object.freeze({ name: Object.freeze({ type: "string" }) }) });
  bedrock.reply('{"name":5}', '{"name":"Ada"}');
  expect(await ourModel(bedrock).withStructuredOutput(schema, { method: "jsonMode" }).invoke("Who?")).toEqual({ name: "Ada" });
});

test("a JSON schema that cannot be used to check leaves the answer as it is", async () => {
  const schema = { type: "object", properties: { name: { $ref: "https://example.com/name.json" } } };
  bedrock.reply('{"name":5}');
  expect(await ourModel(bedrock).withStructuredOutput(schema, { method: "jsonMode" }).invoke("Who?")).toEqual({ name: 5 });
  expect(bedrock.requests).toHaveLength(1);
});
