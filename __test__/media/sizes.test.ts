/** What is too large for the model, or for Converse, is refused before it is sent, with its place. */
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const MOST_IMAGE = 3_932_160;
const MOST_DOCUMENT = 4_718_592;
const MOST_VIDEO = 19_660_800;
const NOVA = { model: "amazon.nova-lite-v1:0" };

const png = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return bytes;
};
const image = (size: number): object => ({ type: "image", mimeType: "image/png", data: png(size) });
const ask = (...blocks: object[]): HumanMessage => new HumanMessage({ content: [{ type: "text", text: "What is this?" }, ...(blocks as never[])] });

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  test("an image, bytes and base64, also in a later message of a turn", async () => {
    const model = modelOf(bedrock);
    const sentence = (path: string): string => `${path}: The image has ${MOST_IMAGE + 1} bytes, and the model takes ${MOST_IMAGE} at most: make it smaller, or split it.`;
    expect((await rejection(model.invoke([ask(), ask(image(10), image(MOST_IMAGE + 1))]))).message).toBe(sentence("messages[1].content[2]"));
    const base64 = { type: "image", source_type: "base64", mime_type: "image/png", data: Buffer.from(png(MOST_IMAGE + 1)).toString("base64") };
    expect((await rejection(model.invoke([ask(base64)]))).message).toBe(sentence("messages[0].content[1]"));
    const shaped = { image: { format: "png", source: { bytes: png(MOST_IMAGE + 1) } } };
    expect((await rejection(model.invoke([ask(shaped)]))).message).toBe(sentence("messages[0].content[1]"));
    expect(bedrock.requests).toEqual([]);
  });
});

test("an image of a tool", async () => {
  const call = new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "look", args: {} }] });
  const result = new ToolMessage({ tool_call_id: "call_1", content: [{ type: "text", text: "Here." }, image(MOST_IMAGE + 1) as never] });
  expect((await rejection(ourModel(bedrock).invoke([new HumanMessage("Look."), call, result]))).message).toMatch(/^messages\[2\]\.content\[1\]: The image has/);
});

test("what is exactly as large as may be is sent", async () => {
  await ourModel(bedrock).invoke([ask(image(MOST_IMAGE))]);
  await ourModel(bedrock).invoke([ask({ type: "image", source_type: "base64", mime_type: "image/png", data: Buffer.from(png(MOST_IMAGE)).toString("base64") })]);
  expect(bedrock.requests).toHaveLength(2);
});

test("a document", async () => {
  const document = { type: "file", mimeType: "text/plain", data: new Uint8Array(MOST_DOCUMENT + 1).fill(97), metadata: { name: "a" } };
  const { message } = await rejection(ourModel(bedrock).invoke([ask(document)]));
  expect(message).toBe(`messages[0].content[1]: The document has ${MOST_DOCUMENT + 1} bytes, and the model takes ${MOST_DOCUMENT} at most: make it smaller, or split it.`);
});

test("a video, whose limit is Converse's, and the endpoint's too", async () => {
  const video = (size: number): object => {
    const data = new Uint8Array(size);
    data.set(Buffer.from("\0\0\0\x18ftypmp42"));
    return { type: "video", mimeType: "video/mp4", data };
  };
  const { message } = await rejection(ourModel(bedrock, NOVA).invoke([ask(video(MOST_VIDEO + 3))]));
  expect(message).toBe(`messages[0].content[1]: The video has ${MOST_VIDEO + 3} bytes, and Converse takes ${MOST_VIDEO} at most: put it into S3 and give its \`s3://\` URI.`);
  expect(bedrock.requests).toEqual([]);
  await ourModel(bedrock, NOVA).invoke([ask(video(MOST_VIDEO))]);
  await expect(ourModel(bedrock, { ...NOVA, adaptation: "off" }).invoke([ask(video(MOST_VIDEO + 3))])).rejects.toThrow("is larger than 25 MB as base64");
});
