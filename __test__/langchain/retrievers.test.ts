import { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { KendraClient } from "@aws-sdk/client-kendra";
import { AmazonKendraRetriever as PeerKendraRetriever, AmazonKnowledgeBaseRetriever as PeerKnowledgeBaseRetriever } from "@langchain/aws";
import type { DocumentInterface } from "@langchain/core/documents";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { mockClient } from "aws-sdk-client-mock";
import { AmazonKendraRetriever, type AmazonKendraRetrieverArgs, AmazonKnowledgeBaseRetriever, type AmazonKnowledgeBaseRetrieverArgs } from "langchain-aws-native";
import { error, hang, json, startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { rejection } from "../support/rejection.js";
import { startConnectProxy } from "../support/servers/connect_proxy.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

const KNOWLEDGE_BASE = "ABCDEFGHIJ";
const INDEX = "01234567-89ab-cdef-0123-456789abcdef";

function knowledgeBase(fields: Partial<AmazonKnowledgeBaseRetrieverArgs> = {}): AmazonKnowledgeBaseRetriever {
  return new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: KNOWLEDGE_BASE, maxRetries: 0, ...bedrock.connection, ...fields });
}

function kendra(fields: Partial<AmazonKendraRetrieverArgs> = {}): AmazonKendraRetriever {
  return new AmazonKendraRetriever({ indexId: INDEX, maxRetries: 0, ...bedrock.connection, ...fields });
}

/** What makes a client of AWS's for JavaScript speak to the endpoint. */
const clientOptions = (): object => ({ endpoint: bedrock.url, credentials: bedrock.connection.credentials, maxAttempts: 1, requestHandler: new NodeHttpHandler() });

const peerKnowledgeBase = (fields: object = {}): PeerKnowledgeBaseRetriever =>
  new PeerKnowledgeBaseRetriever({ knowledgeBaseId: KNOWLEDGE_BASE, topK: 10, region: "us-east-1", clientOptions: clientOptions(), ...fields });
const peerKendra = (fields: object = {}): PeerKendraRetriever =>
  new PeerKendraRetriever({ indexId: INDEX, topK: 10, region: "us-east-1", clientOptions: clientOptions(), ...fields });

/** The requests so far. */
const sent = (): object[] => bedrock.requests.map(({ url, headers, body }) => ({ url, target: headers["x-amz-target"], type: headers["content-type"], body }));

const plain = (documents: DocumentInterface[]): unknown[] => documents.map(({ pageContent, metadata }) => ({ pageContent, metadata }));

/** Expects that both packages ask for the same and make the same documents of the answer. */
async function expectSame(ours: { invoke: (question: string) => Promise<DocumentInterface[]> }, theirs: { invoke: (question: string) => Promise<unknown> }): Promise<void> {
  bedrock.requests.length = 0;
  const expected = plain((await theirs.invoke("How are clouds formed?")) as DocumentInterface[]);
  const requests = sent();
  bedrock.requests.length = 0;
  expect(plain(await ours.invoke("How are clouds formed?"))).toEqual(expected);
  expect(sent()).toEqual(requests);
}

const FILTER = { andAll: [{ equals: { key: "year", value: 2026 } }, { notIn: { key: "kind", value: ["draft"] } }] };
const ATTRIBUTES = { AndAllFilters: [{ EqualsTo: { Key: "_language_code", Value: { StringValue: "en" } } }, { GreaterThan: { Key: "_created_at", Value: { DateValue: new Date(1_700_000_000_000) } } }] };

describe("as @langchain/aws", () => {
  test.each<[string, object]>([
    ["the defaults", {}],
    ["topK", { topK: 3 }],
    ["a filter", { filter: FILTER }],
    ["hybrid search", { overrideSearchType: "HYBRID" }],
  ])("a knowledge base: %s", async (_what, fields) => {
    await expectSame(knowledgeBase(fields), peerKnowledgeBase(fields));
  });

  test.each<[string, object]>([
    ["the defaults", {}],
    ["topK", { topK: 3 }],
    ["an attribute filter", { attributeFilter: ATTRIBUTES }],
  ])("Kendra: %s", async (_what, fields) => {
    await expectSame(kendra(fields), peerKendra(fields));
  });

  test("Kendra's Query where Retrieve finds nothing", async () => {
    const answer = json({
      ResultItems: [
        {
          DocumentURI: "https://a.example",
          DocumentTitle: { Text: "A title" },
          AdditionalAttributes: [{ Key: "AnswerText", Value: { TextWithHighlightsValue: { Text: "The  answer ..." } } }],
          DocumentAttributes: [{ Key: "pages", Value: { LongValue: 7 } }, { Key: "tags", Value: { StringListValue: ["a", "b"] } }, { Key: "none", Value: {} }],
        },
        { DocumentExcerpt: { Text: "An\nexcerpt" } },
        {},
      ],
    });
    bedrock.reply(json({ ResultItems: [] }), answer, json({ ResultItems: [] }), answer);
    await expectSame(kendra(), peerKendra());
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["kendra-retrieve", "kendra-query"]);
  });

  test.each([[[{ content: { text: "  a\n\n b... " } }]], [[{ content: {}, location: { type: "WEB", webLocation: { url: "https://a.example" } }, metadata: { source: "my own" } }]], [undefined], [[]]])(
    "a knowledge base's results %j",
    async (retrievalResults) => {
      bedrock.reply(json({ retrievalResults }), json({ retrievalResults }));
      await expectSame(knowledgeBase(), peerKnowledgeBase());
    },
  );

  test("an exception has the name of AWS's", async () => {
    bedrock.replyAlways(throttling("Slow down."));
    for (const retriever of [knowledgeBase(), kendra(), peerKnowledgeBase(), peerKendra()]) {
      expect(await rejection(retriever.invoke("Hello"))).toMatchObject({ name: "ThrottlingException", message: "Slow down.", $metadata: { httpStatusCode: 429 } });
    }
  });

  test("names, fields and helpers", () => {
    const [ours, theirs] = [knowledgeBase(), peerKnowledgeBase()];
    const [ourKendra, theirKendra] = [kendra(), peerKendra()];
    expect([AmazonKnowledgeBaseRetriever.lc_name(), AmazonKendraRetriever.lc_name()]).toEqual([PeerKnowledgeBaseRetriever.lc_name(), PeerKendraRetriever.lc_name()]);
    expect([ours.lc_namespace, ourKendra.lc_namespace]).toEqual([theirs.lc_namespace, theirKendra.lc_namespace]);
    expect(ours.cleanResult(" a \n b... ")).toBe(theirs.cleanResult(" a \n b... "));
    expect(ourKendra.combineText("t", "e") + ourKendra.combineText()).toBe(theirKendra.combineText("t", "e") + theirKendra.combineText());
    const response = { ResultItems: [{ DocumentTitle: "a", Content: "b" }, {}], $metadata: {} };
    expect(plain(ourKendra.getRetrieverDocs(response, 1))).toEqual(plain(theirKendra.getRetrieverDocs(response, 1)));
    expect(ourKendra.getQueryDocs({ $metadata: {} }, 1)).toEqual(theirKendra.getQueryDocs({ $metadata: {} }, 1));
  });
});

describe("a knowledge base, beyond @langchain/aws", () => {
  test.each<[string, object, unknown]>([
    ["a custom source", { type: "CUSTOM", customDocumentLocation: { id: "doc-1" } }, "doc-1"],
    ["Kendra", { type: "KENDRA", kendraDocumentLocation: { uri: "https://kendra.example" } }, "https://kendra.example"],
    ["SQL", { type: "SQL", sqlLocation: { query: "select 1" } }, "select 1"],
    ["Confluence", { type: "CONFLUENCE", confluenceLocation: { url: "https://wiki.example" } }, "https://wiki.example"],
    ["a kind that is new", { type: "MOON", moonLocation: { url: "https://moon.example" } }, "https://moon.example"],
    ["nowhere", undefined as never, undefined],
  ])("the source of a document from %s", async (_kind, location, source) => {
    bedrock.reply(json({ retrievalResults: [{ content: { text: "a" }, location }] }));
    expect((await knowledgeBase().invoke("Hello"))[0]?.metadata["source"]).toBe(source);
  });

  test("images and rows are in the metadata", async () => {
    const row = [{ columnName: "city", columnValue: "Paris", type: "STRING" }];
    bedrock.reply(json({ retrievalResults: [{ content: { type: "IMAGE", byteContent: "data:image/png;base64,AA==" } }, { content: { type: "ROW", row } }] }));
    expect(plain(await knowledgeBase().invoke("Hello"))).toMatchObject([
      { pageContent: "", metadata: { content: { type: "IMAGE", byteContent: "data:image/png;base64,AA==" } } },
      { pageContent: "", metadata: { content: { type: "ROW", row } } },
    ]);
  });

  test("reranking, an implicit filter and a guardrail are sent", async () => {
    const rerankingConfiguration = { type: "BEDROCK_RERANKING_MODEL" as const, bedrockRerankingConfiguration: { modelConfiguration: { modelArn: "arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0" } } };
    const implicitFilterConfiguration = { metadataAttributes: [], modelArn: "arn:aws:bedrock:us-east-1::foundation-model/x" };
    const guardrailConfiguration = { guardrailId: "g1", guardrailVersion: "1" };
    await knowledgeBase({ rerankingConfiguration, implicitFilterConfiguration, guardrailConfiguration }).invoke("Hello");
    expect(bedrock.requests[0]?.body).toEqual({
      guardrailConfiguration,
      retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 10, rerankingConfiguration, implicitFilterConfiguration } },
      retrievalQuery: { text: "Hello" },
    });
  });

  test.each([
    [150, [100, 50]],
    [300, [100, 100, 100]],
  ])("topK %d is asked for in pages, until there are no more", async (topK, sizes) => {
    const documents = await knowledgeBase({ topK }).invoke("Hello");
    expect(bedrock.requests.map(({ body }) => (body as { retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: number } } }).retrievalConfiguration.vectorSearchConfiguration.numberOfResults)).toEqual(sizes);
    expect(documents.map(({ metadata }) => metadata["page"])).toEqual(Array.from({ length: Math.min(topK, 250) }, (_, index) => index));
  });
});

test.each([
  [150, 2],
  [300, 3],
])("Kendra: topK %d is asked for in pages", async (topK, requests) => {
  const documents = await kendra({ topK }).invoke("Hello");
  expect(documents.map(({ metadata }) => metadata["source"])).toEqual(Array.from({ length: Math.min(topK, 250) }, (_, index) => `https://documents.example/${index}`));
  expect(bedrock.requests).toHaveLength(requests);
});

describe.each<[string, (fields?: object) => AmazonKnowledgeBaseRetriever | AmazonKendraRetriever]>([
  ["a knowledge base", knowledgeBase],
  ["Kendra", kendra],
])("%s: the connection", (kind, make) => {
  test("a failure is tried again", async () => {
    bedrock.reply(error("ServiceUnavailableException", "Not now."));
    expect(await make({ maxRetries: 1 }).invoke("Hello")).toHaveLength(10);
    expect(bedrock.requests).toHaveLength(2);
  });

  test("a signal ends invoke, with its reason", async () => {
    const controller = new AbortController();
    const left = new Error("left");
    bedrock.reply(() => (controller.abort(left), hang()));
    expect(await rejection(make().invoke("Hello", { signal: controller.signal }))).toBe(left);
    await bedrock.requests[0]?.closed;
    expect(bedrock.requests[0]?.aborted).toBe(true);
    expect(await rejection(make().invoke("Hello", { signal: controller.signal }))).toBe(left);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("time limits", async () => {
    bedrock.replyAlways(hang());
    const api = kind === "Kendra" ? "Kendra" : "Bedrock Retrieve";
    expect((await rejection(make({ responseTimeout: 60 }).invoke("Hello"))).message).toBe(`${api} timed out after 60 ms while waiting for the answer.`);
    expect(await rejection(make().invoke("Hello", { timeout: 60 }))).toMatchObject({ name: "TimeoutError" });
  });

  test("no connection, and an answer that is no JSON, are one sentence", async () => {
    const api = kind === "Kendra" ? "Kendra" : "Bedrock Retrieve";
    expect((await rejection(make({ endpointUrl: "http://127.0.0.1:1" }).invoke("Hello"))).message).toMatch(new RegExp(`^Could not reach ${api}: ECONNREFUSED`));
  });

  test("the region and the host of the service, with its signature", async () => {
    const proxy = await startConnectProxy({ tunnels: "refused" });
    await rejection(make({ endpointUrl: undefined, region: "eu-west-1", proxy: proxy.url }).invoke("Hello"));
    await proxy.close();
    expect(proxy.targets).toEqual([`${kind === "Kendra" ? "kendra" : "bedrock-agent-runtime"}.eu-west-1.amazonaws.com:443`]);
    process.env["AWS_REGION"] = "eu-west-1";
    expect(make({ region: undefined }).region).toBe("eu-west-1");
  });

  test("an endpoint of the environment is that of its service", async () => {
    process.env["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = "http://127.0.0.1:1";
    process.env[kind === "Kendra" ? "AWS_ENDPOINT_URL_KENDRA" : "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME"] = bedrock.url;
    expect(await make({ endpointUrl: undefined }).invoke("Hello")).toHaveLength(10);
  });

  test("options of the wrong kind are refused in one sentence", () => {
    expect(() => make({ topK: 0 })).toThrow(/^Amazon\w+Retriever: topK must be a whole number of at least 1, but it is 0\.$/);
    expect(() => make(kind === "Kendra" ? { indexId: "" } : { knowledgeBaseId: "" })).toThrow(kind === "Kendra" ? "Please pass Kendra Index Id to the constructor" : "AmazonKnowledgeBaseRetriever: pass the option knowledgeBaseId.");
  });

  test("callbacks hear of it, and no dump has secrets", async () => {
    const heard: unknown[] = [];
    const callbacks = [{ handleRetrieverStart: (_serialized: unknown, question: string) => void heard.push(question), handleRetrieverEnd: (documents: unknown[]) => void heard.push(documents.length) }];
    const retriever = make({ callbacks, credentials: { ...bedrock.connection.credentials } });
    await retriever.invoke("Hello");
    expect(heard).toEqual(["Hello", 10]);
    expect(JSON.stringify(retriever)).not.toContain(bedrock.connection.credentials.secretAccessKey);
  });

  test("close()", async () => {
    const retriever = make();
    retriever.close();
    expect((await rejection(retriever.invoke("Hello"))).message).toMatch(/^The model was closed/);
  });
});

describe("AWS's client for JavaScript", () => {
  test("is there to be read, and requests go through it where it is changed", async () => {
    const [first, second] = [knowledgeBase(), kendra()];
    expect(first.bedrockAgentRuntimeClient).toBeInstanceOf(BedrockAgentRuntimeClient);
    expect(second.kendraClient).toBeInstanceOf(KendraClient);
    first.bedrockAgentRuntimeClient = { send: async () => ({ retrievalResults: [{ content: { text: "stubbed" } }] }) } as never;
    second.kendraClient.send = (async () => ({ ResultItems: [{ Content: "stubbed" }] })) as never;
    expect((await first.invoke("Hello")).map(({ pageContent }) => pageContent)).toEqual(["stubbed"]);
    expect((await second.invoke("Hello")).map(({ metadata }) => metadata["excerpt"])).toEqual(["stubbed"]);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("serves clientOptions that only it can serve, and makes the same documents", async () => {
    await expectSame(knowledgeBase({ clientOptions: clientOptions() }), peerKnowledgeBase());
    await expectSame(kendra({ clientOptions: clientOptions(), attributeFilter: ATTRIBUTES as never }), peerKendra({ attributeFilter: ATTRIBUTES }));
  });

  test("is noticed where its class is mocked", async () => {
    const [first, second] = [mockClient(BedrockAgentRuntimeClient), mockClient(KendraClient)];
    first.onAnyCommand().resolves({});
    second.onAnyCommand().resolves({});
    expect([await knowledgeBase().invoke("Hello"), await kendra().invoke("Hello")]).toEqual([[], []]);
    first.restore();
    second.restore();
    expect(bedrock.requests).toHaveLength(0);
  });
});
