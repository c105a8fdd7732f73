import { HumanMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { Slice, sizeOf } from "../../langchain/batch/slice.js";
import { BATCH_ACCESS, type BatchAccess } from "../../langchain/connection/batch_access.js";
import type { Request } from "../../langchain/request/request.js";

const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", region: "us-east-1" });

function requestOf(...blocks: object[]): Request {
  const access = (model as unknown as { [BATCH_ACCESS]: () => BatchAccess })[BATCH_ACCESS]();
  return access.request([new HumanMessage({ content: blocks as never[] })], {}).request;
}

const SIZE = 300_000;
const BASE64 = "A".repeat(SIZE);

test.each<[string, object]>([
  ["a text", { type: "text", text: BASE64 }],
  ["a data URL", { type: "image_url", image_url: `data:image/png;base64,${BASE64}` }],
  ["base64", { type: "image", mimeType: "image/png", data: BASE64 }],
  ["bytes", { type: "image", mimeType: "image/png", data: new Uint8Array(SIZE) }],
  ["a block of Converse", { image: { format: "png", source: { bytes: new Uint8Array(SIZE) } } }],
])("the size of a request has that of %s in it, and the slice with it crosses alone", (_what, block) => {
  const request = requestOf({ type: "text", text: "What is this?" }, block);
  expect(sizeOf(request)).toBeGreaterThan(SIZE);
  expect(sizeOf(request)).toBeLessThan(SIZE + 1_000);
  const slice = new Slice();
  slice.add(undefined, request);
  expect(slice.isFull).toBe(true);
});

test("files that were fetched count, though JavaScript does not hold them", () => {
  const request = requestOf({ type: "text", text: "What is this?" });
  const fetched = { files: new Map<string, never>(), bytes: SIZE, duration: 1 };
  expect(sizeOf({ ...request, fetched }) - sizeOf(request)).toBe(SIZE);
});

test("small inputs cross together, so many at most", () => {
  const now = jest.spyOn(performance, "now").mockReturnValue(0);
  try {
    const slice = new Slice();
    const counts: boolean[] = [];
    for (let index = 0; index < 64; index++) {
      slice.add(undefined, requestOf({ type: "text", text: `Question ${index}` }));
      counts.push(slice.isFull);
    }
    expect(counts.indexOf(true)).toBe(63);
  } finally {
    now.mockRestore();
  }
});
