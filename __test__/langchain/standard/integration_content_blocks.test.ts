import { HumanMessage, type ContentBlock } from "@langchain/core/messages";
import { startBedrock, type Bedrock, type JsonObject } from "langchain-aws-native/testing";
import { ourModel } from "../../support/models.js";
import { rejection } from "../../support/rejection.js";

/** What LangChain's standard integration tests ask of its standard content blocks, which name a `source_type`. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";
/** The head of a sound file, without sound. */
const WAV = Buffer.from("RIFF$\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0", "latin1").toString("base64");
const HELLO = Buffer.from("Hello, world!").toString("base64");

/** Asks about a block, and gives what the request has beside the question. */
async function sent(block: object): Promise<JsonObject[]> {
  bedrock.reply("I see.");
  const question = { type: "text", text: "What is it?" };
  const answer = await ourModel(bedrock).invoke([new HumanMessage({ content: [question, block as ContentBlock] })]);
  expect(answer.text).toBe("I see.");
  const [first, ...rest] = bedrock.requests[0]!.body.messages![0]!.content;
  expect(first).toEqual({ text: "What is it?" });
  return rest;
}

test("text", async () => {
  expect(await sent({ type: "text", source_type: "text", text: "Hello from a block." })).toEqual([{ text: "Hello from a block." }]);
});

describe("an image", () => {
  test.each([
    ["in base64", { type: "image", source_type: "base64", data: PNG, mime_type: "image/png" }],
    ["in a data URL", { type: "image", source_type: "url", url: `data:image/png;base64,${PNG}` }],
  ])("%s", async (_, block) => {
    expect(await sent(block)).toEqual([{ image: { format: "png", source: { bytes: PNG } } }]);
  });
});

describe("audio", () => {
  test.each([
    ["in base64", { type: "audio", source_type: "base64", data: WAV, mime_type: "audio/wav" }],
    ["in a data URL", { type: "audio", source_type: "url", url: `data:audio/wav;base64,${WAV}`, mime_type: "audio/wav" }],
  ])("%s", async (_, block) => {
    expect(await sent(block)).toEqual([{ audio: { format: "wav", source: { bytes: WAV } } }]);
  });
});

describe("a file", () => {
  const metadata = { filename: "hello.txt" };

  test.each([
    ["in a data URL", { type: "file", source_type: "url", url: `data:text/plain;base64,${HELLO}`, mime_type: "text/plain", metadata }],
    ["as text", { type: "file", source_type: "text", text: "Hello, world!", metadata }],
  ])("%s", async (_, block) => {
    expect(await sent(block)).toEqual([{ document: { format: "txt", name: "hello-txt", source: { bytes: HELLO } } }]);
  });
});

/** The standard tests ask this only of models that can; Bedrock fetches nothing from the web. */
test.each(["image", "audio", "file"])("%s by URL is refused with what to send instead, and asks nothing", async (type) => {
  const block = { type, source_type: "url", url: "https://example.com/thing", mime_type: "application/pdf" };
  const error = await rejection(ourModel(bedrock).invoke([new HumanMessage({ content: [block] })]));
  expect(error.message).toMatch(/URL/);
  expect(error.message).toMatch(/base64|bytes/);
  expect(bedrock.requests).toEqual([]);
});
