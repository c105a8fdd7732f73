import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { type BatchRecord, readInputs } from "../../langchain/batch/inputs.js";
import { idOfIndex } from "../../langchain/batch/used_ids.js";
import type { BatchInputs } from "../../langchain/types/batch.js";
import { collect, rejection } from "../support/rejection.js";

const said = ({ id, messages }: BatchRecord): [string, string[][]] => [id, messages.map((message) => [message.getType(), message.text])];

test("takes what invoke takes, alone or with an id", async () => {
  const prompt = await ChatPromptTemplate.fromMessages([["human", "In {language}"]]).invoke({ language: "French" });
  const inputs = [
    "Hello",
    [new SystemMessage("Be brief."), new HumanMessage("Hello")],
    [["system", "Be brief."] as [string, string], { role: "user", content: "Hello" }],
    prompt,
    { id: "mine", input: "Hello" },
    { id: "with spaces / and é 🙂", input: prompt },
  ];
  const brief = [["system", "Be brief."], ["human", "Hello"]];
  expect((await collect(readInputs(inputs))).map(said)).toEqual([
    ["R0000000000", [["human", "Hello"]]],
    ["R0000000001", brief],
    ["R0000000002", brief],
    ["R0000000003", [["human", "In French"]]],
    ["mine", [["human", "Hello"]]],
    ["with spaces / and é 🙂", [["human", "In French"]]],
  ]);
});

test("an id that is made is 11 letters and digits, and says the place", () => {
  expect([0, 1, 123_456_789].map(idOfIndex)).toEqual(["R0000000000", "R0000000001", "R0123456789"]);
});

test("reads an async iterable as it is read itself, and lets it end", async () => {
  const read: number[] = [];
  let hasEnded = false;
  async function* questions(): AsyncGenerator<string> {
    try {
      for (let index = 0; index < 100; index++) {
        read.push(index);
        yield `Question ${index}`;
      }
    } finally {
      hasEnded = true;
    }
  }
  for await (const { index } of readInputs(questions())) if (index === 2) break;
  expect({ read, hasEnded }).toEqual({ read: [0, 1, 2], hasEnded: true });
});

describe("refuses with one sentence", () => {
  test.each<[string, unknown, string]>([
    ["a text, whose characters would be questions", "Hello", "BedrockBatch: the inputs must be an iterable or an async iterable, such as an array, but they are a string."],
    ["nothing", undefined, "BedrockBatch: the inputs must be an iterable or an async iterable, such as an array, but they are undefined."],
    ["an id twice", [{ id: "a", input: "1" }, "2", { id: "a", input: "3" }], 'BedrockBatch: two inputs have the id "a"; the second is input 2, counted from 0.'],
    ["an id that another has by its place", ["1", { id: "R0000000000", input: "2" }], 'BedrockBatch: two inputs have the id "R0000000000"; the second is input 1, counted from 0.'],
    ["a number as id", [{ id: 7, input: "1" }], "BedrockBatch: the id of input 0 must be a text that is not empty, but it is the number 7."],
    ["an empty id", [{ id: "", input: "1" }], "BedrockBatch: the id of input 0 must be a text that is not empty, but it is an empty string."],
    ["an id with half of a surrogate pair", ["1", { id: "a\ud800", input: "2" }], 'BedrockBatch: the id of input 1, "a\\ud800", is no well-formed Unicode: it has half of a surrogate pair.'],
    ["an input without an id where there is the member", [{ input: "1" }], "BedrockBatch: the id of input 0 must be a text that is not empty, but it has none."],
    ["a single message", [new HumanMessage("Hello")], "BedrockBatch: input 0 (R0000000000) must be a text, a list of messages, a prompt value, or { id, input }, but it is a single message: put it into a list."],
    ["a number", ["1", 2], "BedrockBatch: input 1 (R0000000001) must be a text, a list of messages, a prompt value, or { id, input }, but it is 2."],
    ["an object that is none of these", [{ id: "a", inputs: "1" }], "BedrockBatch: input 0 (R0000000000) must be a text, a list of messages, a prompt value, or { id, input }, but it is of type object."],
  ])("%s", async (_what, inputs, sentence) => {
    expect((await rejection(collect(readInputs(inputs as BatchInputs)))).message).toBe(sentence);
  });

  test("a message that is none", async () => {
    const { message } = await rejection(collect(readInputs([{ id: "a", input: [{ rôle: "user" } as never] }])));
    expect(message).toMatch(/^BedrockBatch: input 0 \(a\) has a message that is none: [^\n]+$/);
  });
});
