/** `fetchMedia`: files that messages name by `https:` URLs are fetched before the request is sent. */
import diagnosticsChannel from "node:diagnostics_channel";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { type ChatBedrockConverseInput, type FetchMediaOptions, repairHistory, type StartMessage } from "langchain-aws-native";
import { hang, startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";
import { file, startMediaServer, type MediaServer } from "../support/servers/media.js";
import { CA_FILE } from "../support/servers/tls.js";

useCleanEnvironment();

let bedrock: Bedrock;
let web: MediaServer;
beforeAll(async () => {
  bedrock = await startBedrock();
  web = await startMediaServer();
});
beforeEach(() => {
  bedrock.reset();
  web.answers.clear();
  web.requests.length = 0;
});
afterAll(() => Promise.all([bedrock.close(), web.close()]));

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const PDF = Buffer.from("%PDF-1.7\n%made up\n");
const MP4 = Buffer.concat([Buffer.from([0, 0, 0, 0x18]), Buffer.from("ftypmp42"), Buffer.alloc(16)]);
const SENT_PNG = { image: { format: "png", source: { bytes: PNG.toString("base64") } } };

const allow = (options: Partial<FetchMediaOptions> = {}): FetchMediaOptions => ({ hosts: [web.host], allowPrivateAddresses: true, ...options });
const fields = (options: Partial<FetchMediaOptions> = {}): ChatBedrockConverseInput => ({ caBundle: CA_FILE, fetchMedia: allow(options) });
const ask = (...blocks: object[]): HumanMessage[] => [new HumanMessage({ content: [{ type: "text", text: "What is this?" }, ...(blocks as never[])] })];
const image = (path: string): object => ({ type: "image", url: web.url(path) });
const sent = (): unknown[] => (bedrock.requests.at(-1)?.body.messages as unknown as [{ content: unknown[] }])[0].content.slice(1);

test("with failover a file is fetched once, and sent to each target", async () => {
  const other = await startBedrock({ region: "us-west-2" });
  bedrock.reply(throttling());
  web.answers.set("/cat.png", file(PNG, "image/png"));
  const model = ourModel(bedrock, { ...fields(), failover: [{ region: "us-west-2", endpointUrl: other.url }] });
  const { response_metadata } = await model.invoke(ask(image("/cat.png")));
  await collect(await model.stream(ask(image("/cat.png"))));
  expect(response_metadata).toMatchObject({ target: { region: "us-west-2" }, warnings: [{ code: "target_switched" }] });
  const images = [...bedrock.requests, ...other.requests].map(({ body }) => body.messages?.[0]?.content[1]);
  expect(images).toEqual([SENT_PNG, SENT_PNG, SENT_PNG]);
  expect(web.requests).toHaveLength(2);
  await other.close();
});

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  test("an image, whose bytes are sent", async () => {
    web.answers.set("/cat.png?size=1", file(PNG, "image/png"));
    await modelOf(bedrock, fields()).invoke(ask(image("/cat.png?size=1")));
    expect(sent()).toEqual([SENT_PNG]);
  });

  test("a stream, and its events", async () => {
    web.answers.set("/cat.png", file(PNG, "image/png"));
    expect(await collect(await modelOf(bedrock, fields()).stream(ask(image("/cat.png"))))).not.toHaveLength(0);
    expect(sent()).toEqual([SENT_PNG]);
    await collect(modelOf(bedrock, fields()).streamEvents(ask(image("/cat.png")), undefined as never) as unknown as AsyncIterable<unknown>);
    expect(sent()).toEqual([SENT_PNG]);
    expect(web.requests).toHaveLength(2);
  });

  test("a model that streams inside", async () => {
    web.answers.set("/cat.png", file(PNG, "image/png"));
    await modelOf(bedrock, { ...fields(), streaming: true }).invoke(ask(image("/cat.png")));
    expect(sent()).toEqual([SENT_PNG]);
  });

  test("nothing that tells who asks: no credentials, no headers of the model, no cookies", async () => {
    const headers = { "set-cookie": "a=b; Path=/" };
    web.answers.set("/cat.png", file(PNG, "image/png", headers));
    const model = modelOf(bedrock, { ...fields(), defaultHeaders: { "x-tenant": "one" } });
    for (let call = 0; call < 2; call++) await model.invoke(ask(image("/cat.png")), { headers: { "x-user": "ann" } });
    for (const request of web.requests) {
      expect(request.headers).toEqual({
        host: web.host,
        accept: "*/*",
        "accept-encoding": "identity",
        connection: "close",
        "user-agent": expect.stringMatching(/^langchain-aws-native\/\d/),
      });
    }
    expect(bedrock.requests[0]?.headers["x-tenant"]).toBe("one");
  });
});

const DIALECTS: [name: string, block: (url: string) => object][] = [
  ["LangChain's v1", (url) => ({ type: "image", url })],
  ["LangChain's v0", (url) => ({ type: "image", source_type: "url", url })],
  ["OpenAI's", (url) => ({ type: "image_url", image_url: { url } })],
  ["OpenAI's, a string", (url) => ({ type: "image_url", image_url: url })],
  ["OpenAI's Responses API", (url) => ({ type: "input_image", image_url: url })],
  ["Anthropic's", (url) => ({ type: "image", source: { type: "url", url } })],
  ["Google's", (url) => ({ type: "media", mimeType: "image/png", fileUri: url })],
  ["Google's fileData", (url) => ({ type: "fileData", fileData: { mimeType: "image/png", fileUri: url } })],
  ["Converse's shape", (url) => ({ image: { format: "png", source: { url } } })],
  ["Converse's shape without a format", (url) => ({ image: { source: { url } } })],
  ["Converse's shape with a type", (url) => ({ type: "image", image: { source: { url } } })],
];

test.each(DIALECTS)("an image in %s dialect", async (_name, block) => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  await ourModel(bedrock, fields()).invoke(ask(block(web.url("/cat.png"))));
  expect(sent()).toEqual([SENT_PNG]);
});

test.each<[string, object]>([
  ["LangChain's", { type: "file", url: "" }],
  ["OpenAI's", { type: "input_file", file_url: "" }],
  ["Mistral's", { type: "document_url", document_url: "" }],
  ["Converse's", { document: { source: { url: "" } } }],
])("a document in %s dialect is named as its URL", async (_name, block) => {
  web.answers.set("/reports/Q3%20report.pdf", file(PDF, "application/pdf"));
  const url = web.url("/reports/Q3%20report.pdf");
  const withUrl = JSON.parse(JSON.stringify(block, (_member, value: unknown) => (value === "" ? url : value))) as object;
  await ourModel(bedrock, fields()).invoke(ask(withUrl));
  expect(sent()).toEqual([{ document: { name: "Q3 report", format: "pdf", source: { bytes: PDF.toString("base64") } } }]);
});

test("a document keeps the name that it has", async () => {
  web.answers.set("/a.pdf", file(PDF, "application/pdf"));
  await ourModel(bedrock, fields()).invoke(ask({ type: "file", url: web.url("/a.pdf"), metadata: { name: "mine" } }, { document: { name: "yours", source: { url: web.url("/a.pdf") } } }));
  expect(sent()).toMatchObject([{ document: { name: "mine" } }, { document: { name: "yours" } }]);
});

test("a video", async () => {
  web.answers.set("/a.mp4", file(MP4, "video/mp4"));
  await ourModel(bedrock, { ...fields(), model: "amazon.nova-lite-v1:0" }).invoke(ask({ type: "video", url: web.url("/a.mp4") }));
  expect(sent()).toEqual([{ video: { format: "mp4", source: { bytes: MP4.toString("base64") } } }]);
});

test("an image in a tool's result", async () => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  await ourModel(bedrock, fields()).invoke([
    new HumanMessage("Look."),
    new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "look", args: {} }] }),
    new ToolMessage({ tool_call_id: "call_1", content: [image("/cat.png") as never] }),
  ]);
  expect(JSON.stringify(bedrock.requests.at(-1)?.body.messages)).toContain(JSON.stringify(SENT_PNG));
});

test("a URL in a tool's data, in a text and in a tool call is not fetched", async () => {
  const url = web.url("/cat.png");
  await ourModel(bedrock, fields()).invoke([
    new HumanMessage(`What is at ${url}?`),
    new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "look", args: { type: "image", url } }] }),
    new ToolMessage({ tool_call_id: "call_1", content: JSON.stringify({ type: "image", url }) }),
    new AIMessage({ content: "", tool_calls: [{ id: "call_2", name: "look", args: {} }] }),
    new ToolMessage({ tool_call_id: "call_2", content: [{ type: "json", json: { type: "image", url } } as never, { url, found: true } as never] }),
  ]);
  expect(web.requests).toEqual([]);
});

test("equal URLs of a call are fetched once, each call anew", async () => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  const model = ourModel(bedrock, fields());
  await model.invoke([...ask(image("/cat.png"), image("/cat.png#part")), new AIMessage("A cat."), ...ask(DIALECTS[2]![1](web.url("/cat.png")))]);
  expect(web.requests).toHaveLength(1);
  expect(sent()).toEqual([SENT_PNG, SENT_PNG]);
  await model.invoke(ask(image("/cat.png")));
  expect(web.requests).toHaveLength(2);
});

test("a request that Bedrock refuses, and that is sent again, has the file again", async () => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  const { error } = await import("langchain-aws-native/testing");
  bedrock.reply(error("ValidationException", "The model returned the following errors: `temperature` is deprecated for this model."), "A cat.");
  const { text } = await ourModel(bedrock, { ...fields(), model: "anthropic.claude-opus-4-1-20250805-v1:0", temperature: 0.5 }).invoke(ask(image("/cat.png")));
  expect(text).toBe("A cat.");
  expect(bedrock.requests).toHaveLength(2);
  expect(sent()).toEqual([SENT_PNG]);
  expect(web.requests).toHaveLength(1);
});

test("what the request will not have is not fetched", async () => {
  for (let index = 0; index < 21; index++) web.answers.set(`/${index}.png`, file(PNG, "image/png"));
  const all = Array.from({ length: 21 }, (_, index) => image(`/${index}.png`));
  const { response_metadata } = await ourModel(bedrock, fields()).invoke(ask(...all));
  expect(response_metadata["warnings"]).toMatchObject([{ code: "images_too_many" }]);
  expect(web.requests.map(({ url }) => url).sort()).toEqual(all.slice(1).map((_, index) => `/${index + 1}.png`).sort());
});

describe("the option", () => {
  test("is off by default, and the refusal names it", async () => {
    const thrown = await rejection(ourModel(bedrock, { caBundle: CA_FILE }).invoke(ask(image("/cat.png"))));
    expect(thrown.message).toMatch(/^messages\[0\]\.content\[1\]: Only base64 data URLs .* or let the option `fetchMedia` fetch it\.$/);
    const shaped = await rejection(ourModel(bedrock).invoke(ask({ image: { format: "png", source: { url: web.url("/cat.png") } } })));
    expect(shaped.message).toBe(thrown.message);
    expect([web.requests, bedrock.requests]).toEqual([[], []]);
  });

  test("of a call has precedence, and false switches it off", async () => {
    web.answers.set("/cat.png", file(PNG, "image/png"));
    await ourModel(bedrock, { caBundle: CA_FILE }).invoke(ask(image("/cat.png")), { fetchMedia: allow() });
    expect(sent()).toEqual([SENT_PNG]);
    await expect(ourModel(bedrock, fields()).invoke(ask(image("/cat.png")), { fetchMedia: false })).rejects.toThrow("fetchMedia");
    await expect(ourModel(bedrock, fields()).invoke(ask(image("/cat.png")), { fetchMedia: allow({ hosts: [] }) })).rejects.toThrow("does not allow");
  });

  test.each<[string, unknown]>([
    ["no hosts", {}],
    ["a misspelling", { hosts: [], host: "example.com" }],
    ["true", true],
    ["a URL as a host", { hosts: ["https://example.com"] }],
    ["a path", { hosts: ["example.com/a"] }],
    ["capital letters", { hosts: ["Example.com"] }],
    ["all hosts", { hosts: ["*"] }],
    ["a whole top-level domain", { hosts: ["*.com"] }],
    ["a star in the middle", { hosts: ["a.*.example.com"] }],
    ["a user", { hosts: ["me@example.com"] }],
    ["the default port", { hosts: ["example.com:443"] }],
    ["no bytes", { hosts: [], maxBytes: 0 }],
    ["too many bytes", { hosts: [], maxBytes: 2 ** 30 }],
    ["no time", { hosts: [], timeout: 0 }],
    ["a word", { hosts: [], allowPrivateAddresses: "yes" }],
  ])("%s is refused", async (_what, fetchMedia) => {
    const sentence = "ChatBedrockConverse: fetchMedia must be false, or an object with hosts";
    expect(() => ourModel(bedrock, { fetchMedia: fetchMedia as never })).toThrow(sentence);
    await expect(ourModel(bedrock).invoke("Hello", { fetchMedia: fetchMedia as never })).rejects.toThrow(sentence);
  });

  test("is not in what a serialized model shows, as other functions are not", () => {
    expect(JSON.stringify(ourModel(bedrock, { fetchMedia: { hosts: () => true } }))).not.toContain("fetchMedia");
  });
});

test("explainRequest says what would be fetched, and asks nobody", async () => {
  const hosts = jest.fn(() => true);
  const explained = await ourModel(bedrock, fields({ hosts })).explainRequest(ask(image("/a.png?x=1"), { type: "file", url: web.url("/b") }));
  expect(explained.mediaToFetch).toEqual([
    { url: web.url("/a.png?x=1"), path: "messages[0].content[1]" },
    { url: web.url("/b"), path: "messages[0].content[2]" },
  ]);
  expect(explained.body.messages?.[0]?.content.slice(1)).toEqual([
    { image: { format: "png", source: { url: web.url("/a.png?x=1") } } },
    { document: { name: "b", source: { url: web.url("/b") } } },
  ]);
  expect(hosts).not.toHaveBeenCalled();
  expect([web.requests, bedrock.requests]).toEqual([[], []]);
  expect((await ourModel(bedrock).explainRequest("Hello")).mediaToFetch).toEqual([]);
});

test("repairHistory leaves URLs as they are, in messages that change too", () => {
  const kept = new HumanMessage({ content: [{ type: "text", text: "Look." }, image("/a.png") as never] });
  const call = new AIMessage({ content: "", tool_calls: [{ id: "call_1", name: "look", args: {} }] });
  const changed = new HumanMessage({ content: [image("/b.png") as never] });
  const { messages, warnings } = repairHistory([kept, call, changed]);
  expect(warnings).not.toHaveLength(0);
  expect(messages[0]).toBe(kept);
  expect(JSON.stringify(messages.slice(1))).toContain(web.url("/b.png"));
  expect(web.requests).toEqual([]);
});

test("counting tokens fetches nothing", async () => {
  const { totalCount } = await ourModel(bedrock, fields()).getNumTokensFromMessages(ask(image("/cat.png")));
  expect(totalCount).toBeGreaterThan(1_000);
  expect([web.requests, bedrock.requests]).toEqual([[], []]);
});

test("the diagnostics of a request tell what was fetched for it", async () => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  const started: StartMessage[] = [];
  const listen = (message: unknown): void => void started.push(message as StartMessage);
  diagnosticsChannel.subscribe("langchain-aws-native:request:start", listen);
  try {
    await ourModel(bedrock, fields()).invoke(ask(image("/cat.png"), image("/cat.png")));
    await ourModel(bedrock, fields()).invoke("Hello");
  } finally {
    diagnosticsChannel.unsubscribe("langchain-aws-native:request:start", listen);
  }
  expect(started.map(({ fetchedMedia }) => fetchedMedia)).toEqual([{ files: 1, bytes: PNG.length, duration: expect.any(Number) }, undefined]);
});

test("the caller's bytes are copied before the fetch", async () => {
  const bytes = Uint8Array.from(PNG);
  web.answers.set("/cat.png", (response, request) => {
    bytes.fill(0);
    file(PNG, "image/png")(response, request);
  });
  await ourModel(bedrock, fields()).invoke(ask({ type: "image", mimeType: "image/png", data: bytes }, image("/cat.png")));
  expect(sent()).toEqual([SENT_PNG, SENT_PNG]);
});

test("a fetch holds no permit of maxConcurrency, so that `hosts` may call the model", async () => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  const model = ourModel(bedrock, { caBundle: CA_FILE, maxConcurrency: 1 });
  const hosts = async (): Promise<boolean> => (await model.invoke("May I?")).text !== "";
  expect((await model.invoke(ask(image("/cat.png")), { fetchMedia: allow({ hosts }) })).text).not.toBe("");
  expect(bedrock.requests).toHaveLength(2);
});

test("a model that was closed fetches nothing", async () => {
  const model = ourModel(bedrock, fields());
  model.close();
  await expect(model.invoke(ask(image("/cat.png")))).rejects.toThrow("The model was closed");
  expect(web.requests).toEqual([]);
});

test("the time of a fetch counts towards responseTimeout", async () => {
  web.answers.set("/cat.png", file(PNG, "image/png"));
  bedrock.reply(hang());
  const thrown = await rejection(ourModel(bedrock, { ...fields(), responseTimeout: 2_000 }).invoke(ask(image("/cat.png"))));
  const [, limit] = /^Bedrock Converse timed out after (\d+) ms/.exec(thrown.message) ?? [];
  expect(Number(limit)).toBeLessThan(2_000);
});
