import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { checkRequest } from "../../testing/checks/index.js";
import { embeddingAnswer } from "../../testing/embeddings.js";

type Body = Record<string, unknown>;

const refusal = (modelId: string, body: Body): string | undefined => checkRequest({ operation: "invoke", modelId, body })?.message;
const malformed = (what: string): string => `Malformed input request: ${what}, please reformat your input and try again.`;
const nova = (params: Body): Body => ({ taskType: "SINGLE_EMBEDDING", singleEmbeddingParams: { embeddingPurpose: "GENERIC_INDEX", ...params } });

test.each<[string, Body, string | undefined]>([
  ["amazon.titan-embed-text-v1", { inputText: "Hello" }, undefined],
  ["amazon.titan-embed-text-v1", { inputText: "Hello", dimensions: 512 }, "#: extraneous key [dimensions] is not permitted"],
  ["amazon.titan-embed-text-v2:0", { inputText: "Hello", dimensions: 512, normalize: false, embeddingTypes: ["float", "binary"] }, undefined],
  ["amazon.titan-embed-text-v2:0", { inputText: "Hello", dimensions: 300 }, "#/dimensions: 300 is not a valid enum value"],
  ["amazon.titan-embed-text-v2:0", { inputText: "" }, "#/inputText: expected minLength: 1, actual: 0"],
  ["amazon.titan-embed-text-v2:0", {}, "#: required key [inputText] not found"],
  ["amazon.titan-embed-image-v1", { inputText: "Hello", embeddingConfig: { outputEmbeddingLength: 384 } }, undefined],
  ["amazon.titan-embed-image-v1", { inputText: "Hello", embeddingConfig: { outputEmbeddingLength: 5 } }, "#/embeddingConfig/outputEmbeddingLength: 5 is not a valid enum value"],
  ["cohere.embed-english-v3", { texts: ["Hello"], input_type: "search_query", truncate: "START" }, undefined],
  ["cohere.embed-english-v3", { texts: ["Hello"] }, "#: required key [input_type] not found"],
  ["cohere.embed-english-v3", { texts: Array(97).fill("Hello"), input_type: "search_query" }, "#/texts: expected maximum item count: 96, found: 97"],
  ["cohere.embed-english-v3", { texts: ["x".repeat(2049)], input_type: "search_query" }, "#/texts: expected maxLength: 2048, actual: 2049"],
  ["cohere.embed-english-v3", { texts: ["Hello"], input_type: "search_query", output_dimension: 256 }, "#: extraneous key [output_dimension] is not permitted"],
  ["us.cohere.embed-v4:0", { texts: ["Hello"], input_type: "search_query", output_dimension: 256, truncate: "LEFT" }, undefined],
  ["us.cohere.embed-v4:0", { texts: "Hello", input_type: "search_query" }, "#/texts: expected type: JSONArray, found: String"],
  ["amazon.nova-2-multimodal-embeddings-v1:0", nova({ embeddingDimension: 256, text: { truncationMode: "END", value: "Hello" } }), undefined],
  ["amazon.nova-2-multimodal-embeddings-v1:0", nova({ text: { value: "Hello" } }), "#/singleEmbeddingParams/text: required key [truncationMode] not found"],
  ["amazon.nova-2-multimodal-embeddings-v1:0", { messages: [] }, "#: required key [taskType] not found"],
  ["twelvelabs.marengo-embed-2-7-v1:0", { inputType: "text", inputText: "Hello" }, undefined],
  ["us.twelvelabs.marengo-embed-3-0-v1:0", { inputType: "text", text: { inputText: "Hello" } }, undefined],
  ["us.twelvelabs.marengo-embed-3-0-v1:0", { inputType: "text", inputText: "Hello" }, "#: extraneous key [inputText] is not permitted"],
  ["vendor.unknown", { anything: 1 }, undefined],
])("%s %j", (modelId, body, what) => {
  expect(refusal(modelId, body)).toBe(what === undefined ? undefined : malformed(what));
});

test("vectors have the length 1, and depend on the text and nothing else", () => {
  const vector = (inputText: string): number[] => (embeddingAnswer({ modelId: "amazon.titan-embed-text-v2:0", body: { inputText } }) as { embedding: number[] }).embedding;
  expect(Math.hypot(...vector("Hello"))).toBeCloseTo(1, 12);
  expect(vector("Hello")).toEqual(vector("Hello"));
  expect(vector("Hello")).not.toEqual(vector("Hello!"));
});

describe("over HTTP", () => {
  let bedrock: Bedrock;
  beforeAll(async () => {
    bedrock = await startBedrock({ bearerToken: "key" });
  });
  afterAll(() => bedrock.close());

  const invoke = async (modelId: string, body: Body): Promise<string> => {
    const headers = { authorization: "Bearer key", "content-type": "application/json" };
    return (await fetch(`${bedrock.url}/model/${modelId}/invoke`, { method: "POST", headers, body: JSON.stringify(body) })).text();
  };

  test("a model that is none for embeddings needs a scripted answer", async () => {
    expect(await invoke("anthropic.claude-haiku-4-5-20251001-v1:0", { messages: [] })).toMatch(/The test's own answer failed: invoke is answered with json\(\), an error or a fault\./);
  });

  test("text is no answer to invoke", async () => {
    bedrock.reply("Hello.");
    expect(await invoke("amazon.titan-embed-text-v1", { inputText: "Hello" })).toMatch(/invoke is answered with json\(\)/);
  });
});
