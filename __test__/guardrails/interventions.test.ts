import { AIMessage, type AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { createAgent } from "langchain";
import { guardrailFindings, isGuardrailIntervention, redactIntervenedMessages, type ChatBedrockConverseInput } from "langchain-aws-native";
import { guardrailIntervention, startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { MemorySaver } from "@langchain/langgraph";
import { ourModel, ourModelByClient, peerModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect, fold } from "../support/streams.js";
import { getWeather, TOOL_CALL } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(async () => {
  expect(bedrock.requests.filter(({ response }) => response.refused)).toEqual([]);
  await bedrock.close();
});

const guardrailConfig = { guardrailIdentifier: "abc123", guardrailVersion: "1", trace: "enabled" } as const;

const BLOCKED = {
  topicPolicy: { topics: [{ name: "weapons", type: "DENY", action: "BLOCKED", detected: true }] },
  contentPolicy: { filters: [{ type: "HATE", confidence: "LOW", action: "NONE", detected: false }] },
  wordPolicy: { customWords: [{ match: "secret", action: "BLOCKED" }], managedWordLists: [{ match: "damn", type: "PROFANITY", action: "NONE" }] },
  sensitiveInformationPolicy: { piiEntities: [{ match: "a@b.c", type: "EMAIL", action: "ANONYMIZED" }], regexes: [] },
};

const FOUND = [
  { source: "INPUT", guardrailId: "abc123", policy: "topicPolicy", name: "weapons", type: "DENY", action: "BLOCKED", detected: true },
  { source: "INPUT", guardrailId: "abc123", policy: "wordPolicy", match: "secret", action: "BLOCKED" },
  { source: "INPUT", guardrailId: "abc123", policy: "wordPolicy", match: "damn", type: "PROFANITY", action: "NONE" },
  { source: "INPUT", guardrailId: "abc123", policy: "sensitiveInformationPolicy", match: "a@b.c", type: "EMAIL", action: "ANONYMIZED" },
];

/** The messages of a request, each as its role and its texts. */
function sent(place: number): string[] {
  const { messages } = bedrock.requests.at(place)?.body ?? {};
  return (messages ?? []).map(({ role, content }) => `${role}: ${content.map((block) => JSON.stringify(block["text"] ?? Object.keys(block))).join()}`);
}

describe.each([
  ["natively", ourModel],
  ["by AWS's client", ourModelByClient],
])("%s", (_way, make) => {
  const model = (fields: ChatBedrockConverseInput = {}): ReturnType<typeof make> => make(bedrock, { guardrailConfig, ...fields });

  test.each<[string, (asked: ReturnType<typeof make>) => Promise<AIMessage | AIMessageChunk>]>([
    ["invoke", (asked) => asked.invoke("A secret")],
    ["the sum of a stream", async (asked) => fold(await asked.stream("A secret"))],
    ["a stream of version 1", async (asked) => fold(await asked.stream("A secret", { outputVersion: "v1" }))],
    ["events of content blocks", async (asked) => asked.streamV2("A secret").output],
  ])("%s tells what was found, and by which policy", async (_name, ask) => {
    bedrock.reply(guardrailIntervention("No.", { assessment: BLOCKED }));
    const message = await ask(model());
    expect(message.text).toBe("No.");
    expect(isGuardrailIntervention(message)).toBe(true);
    expect(guardrailFindings(message)).toEqual(FOUND);
    expect(message.response_metadata).toMatchObject({ trace: { guardrail: { inputAssessment: { abc123: BLOCKED }, actionReason: "Guardrail blocked." } } });
  });

  test("the mode of a stream is sent with streams alone, as by @langchain/aws", async () => {
    const fields = { guardrailConfig: { ...guardrailConfig, streamProcessingMode: "async" } as const };
    await model(fields).invoke("a");
    await collect(await model(fields).stream("a"));
    await peerModel(bedrock, fields).invoke("a");
    await collect(await peerModel(bedrock, fields).stream("a"));
    const [ours, ourStream, theirs, theirStream] = bedrock.requests.map(({ rawBody }) => rawBody.toString());
    expect([ours, ourStream]).toEqual([theirs, theirStream]);
    expect(bedrock.requests.map(({ body }) => body["guardrailConfig"])).toEqual([guardrailConfig, fields.guardrailConfig, guardrailConfig, fields.guardrailConfig]);
  });

  test("of the conversation only the last turn is guarded, with an image as bytes", async () => {
    const image = Buffer.from("iVBORw0KGgoAAAAN", "base64");
    const question = new HumanMessage({ content: [{ type: "text", text: "three" }, { type: "image", mimeType: "image/png", data: new Uint8Array(image) }] });
    const answer = await model({ guardLastTurnOnly: true }).invoke([new HumanMessage("one"), new AIMessage("two"), question]);
    expect(bedrock.requests[0]?.body.messages).toEqual([
      { role: "user", content: [{ text: "one" }] },
      { role: "assistant", content: [{ text: "two" }] },
      { role: "user", content: [{ guardContent: { text: { text: "three" } } }, { guardContent: { image: { format: "png", source: { bytes: image.toString("base64") } } } }] },
    ]);
    expect(answer.response_metadata).not.toHaveProperty("warnings");
  });

  test("a question that was blocked is not sent again, and neither the caller's message nor the answer's text changes", async () => {
    bedrock.reply(guardrailIntervention("No.", { assessment: BLOCKED }));
    const asked = model({ redactGuardrailContent: true });
    const question = new HumanMessage("A secret");
    const answer = await asked.invoke([new HumanMessage("Hello"), new AIMessage("Hi"), question]);
    expect(answer.text).toBe("No.");
    expect(guardrailFindings(answer).map(({ policy, action }) => [policy, action])).toEqual(FOUND.map(({ policy, action }) => [policy, action]));
    expect(JSON.stringify(answer)).not.toMatch(/secret|a@b\.c|damn/);
    await asked.invoke([new HumanMessage("Hello"), new AIMessage("Hi"), question, answer, new HumanMessage("And now?")]);
    expect(sent(1)).toEqual(['user: "Hello"', 'assistant: "Hi"', 'user: "[User input redacted.]"', 'assistant: "No."', 'user: "And now?"']);
    expect(question.content).toBe("A secret");
  });

  test("an answer that was blocked while it was streamed is not sent again, and its question is", async () => {
    const intervention = guardrailIntervention(["The secret is", "No."], { source: "OUTPUT", assessment: BLOCKED, modelOutput: ["The secret is 42."] });
    bedrock.reply(intervention, "Fine.", intervention);
    // What was received would have it too.
    const asked = model({ redactGuardrailContent: { output: "(blocked)" }, includeRaw: true });
    const answer = await fold(await asked.stream("Hello"));
    expect(JSON.stringify(answer.response_metadata)).not.toMatch(/secret|is 42/);
    await asked.invoke([new HumanMessage("Hello"), answer, new HumanMessage("And now?")]);
    expect(sent(1)).toEqual(['user: "Hello"', 'assistant: "(blocked)"', 'user: "And now?"']);
    // What is streamed behind the scenes is redacted before it is returned.
    const whole = await model({ redactGuardrailContent: true, streaming: true }).invoke("Hello");
    expect(JSON.stringify(whole)).not.toMatch(/secret|is 42/);
    expect(whole.text).toBe("[Assistant output redacted.]");
  });

  test("an agent goes on after an intervention", async () => {
    bedrock.reply(TOOL_CALL, guardrailIntervention("No.", { assessment: BLOCKED }), "Gladly.");
    const agent = createAgent({ model: model({ redactGuardrailContent: true, guardLastTurnOnly: true }), tools: [getWeather], checkpointer: new MemorySaver() });
    const thread = { configurable: { thread_id: "1" } };
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: "A secret" }] }, thread);
    expect(isGuardrailIntervention(messages.at(-1)!)).toBe(true);
    const next = await agent.invoke({ messages: [{ role: "user", content: "And now?" }] }, thread);
    expect(next.messages.at(-1)?.text).toBe("Gladly.");
    expect(sent(1)).toEqual(['user: ["guardContent"]', 'assistant: ["toolUse"]', 'user: ["toolResult"]']);
    expect(sent(2)).toEqual(['user: "[User input redacted.]"', 'assistant: ["toolUse"]', 'user: ["toolResult"]', 'assistant: "No."', 'user: ["guardContent"]']);
  });
});

test("without a trace either side may be meant, and both are replaced", async () => {
  bedrock.reply(guardrailIntervention("No."));
  const answer = await ourModel(bedrock, { guardrailConfig: { ...guardrailConfig, trace: "disabled" } }).invoke("A secret");
  expect(guardrailFindings(answer)).toEqual([]);
  expect(redactIntervenedMessages([new HumanMessage("A secret"), answer]).map(({ text }) => text)).toEqual(["[User input redacted.]", "[Assistant output redacted.]"]);
});

test("what was only masked is no reason to replace anything", async () => {
  bedrock.reply(guardrailIntervention("Write to {EMAIL}.", { source: "OUTPUT", assessment: { sensitiveInformationPolicy: BLOCKED.sensitiveInformationPolicy } }));
  const answer = await ourModel(bedrock, { guardrailConfig, redactGuardrailContent: true }).invoke("Hello");
  expect(redactIntervenedMessages([new HumanMessage("Hello"), answer]).map(({ text }) => text)).toEqual(["Hello", "Write to {EMAIL}."]);
  expect(JSON.stringify(answer)).not.toContain("a@b.c");
});

test("messages for a store: those that change are new, with the same ids; tools stay", () => {
  const metadata = { stopReason: "guardrail_intervened", trace: { guardrail: { inputAssessment: { abc123: BLOCKED } } } };
  const question = new HumanMessage({ id: "q", content: [{ type: "text", text: "A secret" }] });
  const call = new AIMessage({ content: "", tool_calls: [{ id: "t", name: "f", args: {} }] });
  const result = new ToolMessage({ tool_call_id: "t", content: "r" });
  const messages = [question, call, result, new AIMessage({ id: "a", content: "No.", response_metadata: metadata })];
  const redacted = redactIntervenedMessages(messages, { input: "(gone)" });
  expect(redacted.map(({ id }) => id)).toEqual(["q", undefined, undefined, "a"]);
  expect(redacted[0]?.content).toEqual([{ type: "text", text: "(gone)" }]);
  expect(redacted.slice(1, 3)).toEqual([call, result]);
  expect(redacted[3]?.text).toBe("No.");
  expect(question.text).toBe("A secret");
  expect(metadata.trace.guardrail.inputAssessment.abc123).toBe(BLOCKED);
  expect(redactIntervenedMessages([question, call])).toEqual([question, call]);
});

test("an ordinary answer is no intervention", async () => {
  const answer = await ourModel(bedrock, { redactGuardrailContent: true }).invoke("Hello");
  expect([answer, new HumanMessage("Hello")].map((message) => isGuardrailIntervention(message))).toEqual([false, false]);
  expect(guardrailFindings(answer)).toEqual([]);
});

test.each<[ChatBedrockConverseInput, RegExp]>([
  [{ guardLastTurnOnly: true }, /^guardLastTurnOnly needs a guardrail: give the option guardrailConfig/],
  [{ guardrailConfig: { streamProcessingMode: "both" as "sync" } }, /^ChatBedrockConverse: guardrailConfig must be an object with guardrailIdentifier,/],
  [{ redactGuardrailContent: "yes" as never }, /^ChatBedrockConverse: redactGuardrailContent must be true, false, or an object with the texts/],
])("%j is refused", async (fields, sentence) => {
  const error = await rejection((async () => ourModel(bedrock, fields).invoke("a"))());
  expect(error.message).toMatch(sentence);
  expect(bedrock.requests).toEqual([]);
});
