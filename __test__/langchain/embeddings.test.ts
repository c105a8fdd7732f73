import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { BedrockEmbeddings as PeerBedrockEmbeddings } from "@langchain/aws";
import { InMemoryStore } from "@langchain/langgraph";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { BedrockEmbeddings, type BedrockEmbeddingsParams, BedrockRuntimeServiceException, ChatBedrockConverse, type EndMessage } from "langchain-aws-native";
import { defaultAnswer, error, hang, json, reset, startBedrock, throttling, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { rejection } from "../support/rejection.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => {
  bedrock.reset();
  bedrock.replyAlways(defaultAnswer);
});
afterAll(() => bedrock.close());

const TITAN = "amazon.titan-embed-text-v2:0";

function ours(fields: BedrockEmbeddingsParams = {}): BedrockEmbeddings {
  return new BedrockEmbeddings({ maxRetries: 0, ...bedrock.connection, ...fields });
}

function theirs(fields: object = {}): PeerBedrockEmbeddings {
  const { endpointUrl, ...connection } = bedrock.connection;
  const client = new BedrockRuntimeClient({ endpoint: endpointUrl, ...connection, maxAttempts: 1, requestHandler: new NodeHttpHandler() });
  return new PeerBedrockEmbeddings({ client, maxRetries: 0, ...fields });
}

/** The paths and bodies of the requests so far, in the order of their bodies. */
function sent(): string[] {
  return bedrock.requests.map(({ url, rawBody }) => `${url} ${rawBody.toString()}`).sort();
}

describe("with the models that @langchain/aws speaks to", () => {
  test.each<[string, object]>([
    ["the default", {}],
    ["Titan v2", { model: TITAN }],
    ["dimensions", { model: TITAN, dimensions: 256 }],
    ["parameters", { model: TITAN, modelParameters: { normalize: true, dimensions: 512 }, dimensions: 256 }],
    ["a model that nobody knows", { model: "vendor.new-embedding-v9:0", dimensions: 8 }],
  ])("%s: the same bytes and the same vectors", async (_name, fields) => {
    const texts = ["one\ntwo\n", "three", 'a "quoted" text, 日本語 and 😀'];
    const [expected, query] = [await theirs(fields).embedDocuments(texts), await theirs(fields).embedQuery("why?\n")];
    const requests = sent();
    bedrock.reset();
    expect(await ours(fields).embedDocuments(texts)).toEqual(expected);
    expect(await ours(fields).embedQuery("why?\n")).toEqual(query);
    expect(sent()).toEqual(requests);
  });

  test("the same fields and defaults", () => {
    const { model, batchSize, modelParameters, dimensions } = new BedrockEmbeddings({ region: "us-east-1" });
    const peer = new PeerBedrockEmbeddings({ region: "us-east-1" });
    expect({ model, batchSize, modelParameters, dimensions }).toEqual({
      model: peer.model,
      batchSize: peer.batchSize,
      modelParameters: peer.modelParameters,
      dimensions: peer.dimensions,
    });
  });

  test("numbers are those of JSON.parse", async () => {
    const body = '{"embedding":[0.1,-0.0,5e-324,1.7976931348623157e308,0.30000000000000004,9007199254740993,-1.2345678901234567e-7,1]}';
    bedrock.reply(json(JSON.parse(body)));
    const vector = await ours({ model: TITAN }).embedQuery("Hello");
    expect(vector).toEqual((JSON.parse(JSON.stringify(JSON.parse(body))) as { embedding: number[] }).embedding);
    expect(Array.isArray(vector)).toBe(true);
  });
});

describe("each model is asked in its own way", () => {
  const COHERE = { texts: ["Hello"], input_type: "search_document" };
  const NOVA = (purpose: string, more: object = {}): object => ({
    taskType: "SINGLE_EMBEDDING",
    singleEmbeddingParams: { embeddingPurpose: purpose, ...more, text: { truncationMode: "END", value: "Hello" } },
  });

  test.each<[BedrockEmbeddingsParams, object, number]>([
    [{ model: "cohere.embed-english-v3" }, COHERE, 1024],
    [{ model: "cohere.embed-multilingual-v3", dimensions: 1024, modelParameters: { truncate: "END" } }, { ...COHERE, truncate: "END" }, 1024],
    [{ model: "us.cohere.embed-v4:0", dimensions: 256 }, { ...COHERE, output_dimension: 256 }, 256],
    [{ model: "cohere.embed-v4:0", modelParameters: { embedding_types: ["int8", "float"] } }, { ...COHERE, embedding_types: ["int8", "float"] }, 1536],
    [{ model: "cohere.embed-v4:0", modelParameters: { input_type: "clustering", embedding_types: ["int8"] } }, { texts: ["Hello"], input_type: "clustering", embedding_types: ["int8"] }, 1536],
    [{ model: "arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-english-v3" }, COHERE, 1024],
    [{ model: "cohere.embed-v4:0", applicationInferenceProfile: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc" }, COHERE, 1024],
    [{ model: "amazon.titan-embed-image-v1", dimensions: 384 }, { inputText: "Hello", embeddingConfig: { outputEmbeddingLength: 384 } }, 384],
    [{ model: TITAN, modelParameters: { embeddingTypes: ["binary"] } }, { embeddingTypes: ["binary"], inputText: "Hello" }, 1024],
    [{ model: "amazon.nova-2-multimodal-embeddings-v1:0" }, NOVA("GENERIC_INDEX"), 3072],
    [{ model: "amazon.nova-2-multimodal-embeddings-v1:0", dimensions: 384 }, NOVA("GENERIC_INDEX", { embeddingDimension: 384 }), 384],
    [{ model: "us.amazon.nova-2-multimodal-embeddings-v1:0", modelParameters: { singleEmbeddingParams: { embeddingPurpose: "CLUSTERING" } } }, NOVA("CLUSTERING"), 3072],
    [{ model: "twelvelabs.marengo-embed-2-7-v1:0" }, { inputType: "text", inputText: "Hello" }, 1024],
    [{ model: "us.twelvelabs.marengo-embed-3-0-v1:0" }, { inputType: "text", text: { inputText: "Hello" } }, 512],
  ])("%j", async (fields, body, dimensions) => {
    if (fields.applicationInferenceProfile) bedrock.reply(json({ embeddings: [new Array(dimensions).fill(0.5)] }));
    const [vector] = await ours(fields).embedDocuments(["Hello"]);
    expect(vector).toHaveLength(dimensions);
    expect(bedrock.requests.map((request) => request.body)).toEqual([body]);
  });

  test.each<[string, object]>([
    ["cohere.embed-v4:0", { input_type: "search_query" }],
    ["amazon.nova-2-multimodal-embeddings-v1:0", { singleEmbeddingParams: { embeddingPurpose: "GENERIC_RETRIEVAL" } }],
  ])("%s makes other vectors of a question", async (model, body) => {
    const question = await ours({ model }).embedQuery("Hello");
    expect(bedrock.requests[0]?.body).toMatchObject(body);
    expect(question).not.toEqual((await ours({ model }).embedDocuments(["Hello"]))[0]);
  });

  test("Cohere gets up to 96 texts in a request, or as many as batchSize says", async () => {
    const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`);
    const vectors = await ours({ model: "cohere.embed-english-v3" }).embedDocuments(texts);
    expect(bedrock.requests.map(({ body }) => (body["texts"] as string[]).length).sort()).toEqual([8, 96, 96]);
    expect(vectors).toEqual(await ours({ model: "cohere.embed-english-v3", batchSize: 50, maxConcurrency: 1 }).embedDocuments(texts));
    expect(bedrock.requests.slice(3).map(({ body }) => (body["texts"] as string[]).length)).toEqual([50, 50, 50, 50]);
  });

  test.each([200, 10_000])("96 texts of %d characters arrive whole", async (length) => {
    const texts = Array.from({ length: 96 }, (_, index) => `${index} 日本語 ${"x".repeat(length)}`);
    const vectors = await ours({ model: "cohere.embed-v4:0", dimensions: 256 }).embedDocuments(texts);
    expect(bedrock.requests.map(({ body }) => body["texts"])).toEqual([texts]);
    expect(vectors).toHaveLength(96);
  });

  test("dimensions that a model cannot have are refused before anything is sent", async () => {
    const thrown = await rejection(ours({ model: "cohere.embed-english-v3", dimensions: 256 }).embedQuery("Hello"));
    expect(thrown.message).toBe(
      "An error occurred while embedding documents with Bedrock: dimensions: the vectors of this model always have 1024 dimensions, so `dimensions` must be left out, but it is 256.",
    );
    expect(bedrock.requests).toHaveLength(0);
  });

  test.each<[string, unknown, string]>([
    ["no vectors", { message: "ok" }, "it has none of the members embedding, embeddings, embeddingsByType and data with vectors"],
    ["too few", { embeddings: [] }, "it has 0 vectors for 1 texts"],
    ["texts for numbers", { embedding: ["a"] }, "its vector 0 is no array of numbers"],
    ["an empty vector", { embeddings: [[]] }, "its vector 0 is no array of numbers"],
  ])("an answer with %s is an error", async (_name, answer, reason) => {
    bedrock.reply(json(answer));
    const thrown = await rejection(ours({ model: TITAN }).embedQuery("Hello"));
    expect(thrown.message).toBe(`An error occurred while embedding documents with Bedrock: The answer of the embedding model cannot be read: ${reason}.`);
  });
});

describe("many documents", () => {
  test.each<[number, BedrockEmbeddingsParams]>([
    [3, { maxConcurrency: 3 }],
    [16, {}],
  ])("keep their order, with %d requests at once", async (limit, fields) => {
    let [running, most] = [0, 0];
    const waiting: (() => void)[] = [];
    bedrock.replyAlways(async ({ body }) => {
      most = Math.max(most, ++running);
      // Answers come in reverse, once as many requests wait as may, or as are left.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === Math.min(limit, texts.length - answered)) waiting.reverse().splice(0).forEach((answer) => answer());
      });
      running--;
      answered++;
      return json({ embedding: [Number(body["inputText"])] });
    });
    let answered = 0;
    const texts = Array.from({ length: limit * 2 + 1 }, (_, index) => String(index));
    expect((await ours({ model: TITAN, ...fields }).embedDocuments(texts)).flat()).toEqual(texts.map(Number));
    expect(most).toBe(limit);
  });

  test("are all for the model that the call began with, whatever is assigned meanwhile", async () => {
    const embeddings = ours({ model: TITAN, maxConcurrency: 1 });
    const call = embeddings.embedDocuments(["one", "two"]);
    embeddings.model = "cohere.embed-v4:0";
    await call;
    expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([TITAN, TITAN]);
  });

  test("none are no request", async () => {
    expect(await ours().embedDocuments([])).toEqual([]);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("the first failure ends all, in the words of @langchain/aws, with its cause and nothing printed", async () => {
    const printed = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const second = deferred();
    const failWhenBothAreThere: Answer = () => second.promise.then(() => error("ValidationException", "Too long."));
    const hangThere: Answer = () => {
      second.resolve();
      return hang();
    };
    bedrock.reply(failWhenBothAreThere, hangThere);
    const thrown = await rejection(ours({ model: TITAN, maxConcurrency: 2 }).embedDocuments(["one", "two", "three"]));
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown.message).toBe("An error occurred while embedding documents with Bedrock: Too long.");
    expect(thrown.cause).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    await bedrock.requests[1]?.closed;
    expect(bedrock.requests).toHaveLength(2);
  });

  test("failures that pass are tried again, 6 times unless maxRetries or the environment says otherwise", async () => {
    bedrock.reply(throttling(), json({ embedding: [1] }));
    expect(await ours({ model: TITAN, maxRetries: 1 }).embedQuery("Hello")).toEqual([1]);
    expect(bedrock.requests).toHaveLength(2);
    bedrock.reset();
    process.env.AWS_MAX_ATTEMPTS = "2";
    bedrock.reply(throttling(), throttling(), throttling());
    await rejection(ours({ model: TITAN, maxRetries: undefined }).embedQuery("Hello"));
    expect(bedrock.requests).toHaveLength(2);
  });
});

describe("limits", () => {
  test("an abort rejects with the signal's reason and ends the requests", async () => {
    bedrock.reply(hang(), hang());
    const controller = new AbortController();
    const embedding = rejection(ours({ model: TITAN }).embedDocuments(["one", "two"], { signal: controller.signal }));
    while (bedrock.requests.length < 2) await new Promise(setImmediate);
    const reason = new Error("No longer needed.");
    controller.abort(reason);
    expect(await embedding).toBe(reason);
    await Promise.all(bedrock.requests.map(({ closed }) => closed));
    expect(await rejection(ours().embedQuery("Hello", { signal: controller.signal }))).toBe(reason);
    expect(bedrock.requests).toHaveLength(2);
  });

  test("a time limit, of constructor and call", async () => {
    bedrock.reply(hang(), hang());
    const message = (limit: number): string => `An error occurred while embedding documents with Bedrock: Bedrock InvokeModel timed out after ${limit} ms while waiting for the answer.`;
    const thrown = await rejection(ours({ model: TITAN, responseTimeout: 80 }).embedQuery("Hello"));
    expect(thrown.message).toBe(message(80));
    expect(thrown.cause).toMatchObject({ code: "ETIMEDOUT" });
    expect((await rejection(ours({ model: TITAN }).embedQuery("Hello", { responseTimeout: 70 }))).message).toBe(message(70));
  });

  test("of a function for credentials", async () => {
    const thrown = await rejection(ours({ model: TITAN }).embedQuery("Hello", { responseTimeout: 60, bedrockBearerToken: () => new Promise(() => undefined) }));
    expect(thrown.message).toMatch(/: Bedrock InvokeModel timed out after 60 ms while waiting for the bearer token\.$/);
  });

  test("a connection that breaks", async () => {
    bedrock.reply(reset());
    const thrown = await rejection(ours({ model: TITAN }).embedQuery("Hello"));
    expect(thrown.message).toMatch(/^An error occurred while embedding documents with Bedrock: Could not reach Bedrock: /);
  });

  test("a closed instance", async () => {
    const embeddings = ours();
    await embeddings.prewarm();
    embeddings.close();
    expect((await rejection(embeddings.embedQuery("Hello"))).message).toMatch(/The model was closed/);
  });
});

describe("texts that cannot be embedded are named", () => {
  test.each<[string, unknown, string]>([
    ["an empty one", ["a", ""], "embedDocuments: texts[1] must be a string that is not empty, but it is an empty string."],
    ["no text", ["a", "b", undefined], "embedDocuments: texts[2] must be a string that is not empty, but it is undefined."],
    ["a number", [1], "embedDocuments: texts[0] must be a string that is not empty, but it is 1."],
    ["no list", "one", "embedDocuments takes an array of strings, but it got a string."],
  ])("%s", async (_name, texts, sentence) => {
    expect(await rejection(ours().embedDocuments(texts as string[]))).toEqual(new Error(`BedrockEmbeddings: ${sentence}`));
    expect(bedrock.requests).toHaveLength(0);
  });

  test("by embedQuery", async () => {
    expect((await rejection(ours().embedQuery(""))).message).toBe("BedrockEmbeddings: the text of embedQuery must be a string that is not empty, but it is an empty string.");
  });

  test("half a surrogate pair is sent as U+FFFD", async () => {
    bedrock.replyAlways((request) => json({ embedding: [request.rawBody.length] }));
    await ours({ model: TITAN }).embedQuery("a\ud83d");
    expect(bedrock.requests[0]?.body).toEqual({ inputText: "a\ufffd" });
  });
});

describe("options", () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  test.each([[{ limit: 1n }], [circular]])("parameters that JSON cannot carry", async (modelParameters) => {
    expect((await rejection(ours({ modelParameters }).embedQuery("Hello"))).message).toBe(
      "An error occurred while embedding documents with Bedrock: modelParameters: a BigInt, or an object that contains itself, cannot be written as JSON.",
    );
  });

  test.each<[string, object, string]>([
    ["a wrong type", { dimensions: "256" }, "BedrockEmbeddings: dimensions must be a whole number of at least 1, but it is a string."],
    ["a client", { client: {} }, "BedrockEmbeddings: client must be a client of AWS's, or an object with its method `send`, but it is of type object."],
  ])("%s is refused with the class's name", (_name, fields, sentence) => {
    expect(() => new BedrockEmbeddings(fields)).toThrow(new Error(sentence));
  });

  test("clientOptions, headers, credentials and tokens of a call", async () => {
    bedrock.replyAlways((request) => json({ embedding: [request.rawBody.length] }));
    const { endpointUrl, ...others } = bedrock.connection;
    const embeddings = new BedrockEmbeddings({ ...others, clientOptions: { endpoint: endpointUrl }, defaultHeaders: { "x-team": "search" } });
    await embeddings.embedQuery("Hello", { headers: { "x-run": "1" } });
    expect(bedrock.requests[0]?.headers).toMatchObject({ "x-team": "search", "x-run": "1" });
    await rejection(embeddings.embedQuery("Hello", { bedrockBearerToken: async () => "key-of-the-call" }));
    await rejection(embeddings.embedQuery("Hello", { credentials: { accessKeyId: "AKIAOTHER", secretAccessKey: "other" } }));
    expect(bedrock.requests.slice(1).map(({ headers }) => headers["authorization"])).toEqual(["Bearer key-of-the-call", expect.stringMatching(/Credential=AKIAOTHER\//)]);
  });

  test("no dump has secrets", () => {
    const embeddings = new BedrockEmbeddings({ region: "us-east-1", bedrockBearerToken: "bedrock-key-secret", clientOptions: { token: { token: "other-secret" } } });
    expect(`${JSON.stringify(embeddings)} ${inspect(embeddings, { depth: 9 })}`).not.toMatch(/secret/);
    expect(embeddings.bedrockBearerToken).toBe("bedrock-key-secret");
  });

  test("they share the connections of chat models with the same configuration", async () => {
    const before = bedrock.connections;
    bedrock.replyAlways((request) => (request.operation === "invoke" ? json({ embedding: [1] }) : "Hello."));
    const configuration = { ...bedrock.connection, maxRetries: 0, defaultHeaders: { "x-shared": "1" } };
    await new ChatBedrockConverse(configuration).invoke("Hello");
    await new BedrockEmbeddings(configuration).embedQuery("Hello");
    expect(bedrock.connections - before).toBe(1);
  });
});

describe("a subclass", () => {
  class Cleaned extends BedrockEmbeddings {
    texts: string[] = [];

    protected override async _embedText(text: string): Promise<number[]> {
      this.texts.push(text);
      await Promise.resolve();
      return super._embedText(text.trim());
    }
  }

  test("that overrides _embedText is called for every text, and a question stays one", async () => {
    bedrock.replyAlways((request) => json({ embeddings: [[request.rawBody.length]] }));
    const embeddings = new Cleaned({ ...bedrock.connection, model: "cohere.embed-v4:0" });
    await Promise.all([embeddings.embedDocuments([" a ", " b "]), embeddings.embedQuery(" c ")]);
    expect(embeddings.texts).toEqual([" a ", " b ", " c "]);
    expect(bedrock.requests.map(({ body }) => `${String(body["texts"])} ${String(body["input_type"])}`).sort()).toEqual(["a search_document", "b search_document", "c search_query"]);
  });
});

test("diagnostics of a request have its id and its attempts", async () => {
  const heard: EndMessage[] = [];
  const listen = (message: unknown): void => void heard.push(message as EndMessage);
  subscribe("langchain-aws-native:request:end", listen);
  bedrock.reply(throttling());
  await ours({ model: TITAN, maxRetries: 1 }).embedQuery("Hello");
  unsubscribe("langchain-aws-native:request:end", listen);
  const requestId = bedrock.requests[1]?.response.requestId;
  expect(heard).toEqual([expect.objectContaining({ operation: "invoke-model", model: TITAN, attempts: 2, requestId })]);
});

test("a LangGraph store finds what it was given", async () => {
  bedrock.replyAlways(({ body }) => json({ embedding: /cat|kitten/.test(String(body["inputText"])) ? [1, 0] : [0, 1] }));
  const store = new InMemoryStore({ index: { dims: 2, embeddings: ours({ model: TITAN }), fields: ["text"] } });
  await store.put(["things"], "stone", { text: "a stone" });
  await store.put(["things"], "cat", { text: "a cat" });
  const [found] = await store.search(["things"], { query: "a kitten", limit: 1 });
  expect(found?.key).toBe("cat");
});
