import { HumanMessage } from "@langchain/core/messages";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ChatBedrockConverse, type ChatBedrockConverseInput, type ChatFailoverTarget } from "langchain-aws-native";
import { hang, throttling, withHeaders, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { awsClient, MODEL } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { fold } from "../support/streams.js";
import { type Telemetry, useTelemetry } from "../support/telemetry.js";
import { counts, HELD, holdTimers, type Metadata, modelOf, target, Targets } from "./support.js";

useCleanEnvironment();

let telemetry: Telemetry;
useTelemetry((recording) => (telemetry = recording));
const endpoints = new Targets();
afterEach(() => endpoints.close());

/** Two endpoints of regions of AWS, of which the first is throttled. */
async function startIn(...regions: string[]): Promise<Bedrock[]> {
  for (const region of regions) await endpoints.start(1, { region });
  endpoints.all[0]!.replyAlways(throttling());
  return endpoints.all;
}

const metadataOf = (message: { response_metadata: Record<string, unknown> }): Metadata => message.response_metadata as unknown as Metadata;

describe("a request is made for the target that it is sent to", () => {
  const SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0";

  test.each([
    ["us-east-1", `us.${SONNET}`, "eu-west-1", `eu.${SONNET}`],
    ["eu-west-1", `eu.${SONNET}`, "ap-northeast-1", `jp.${SONNET}`],
    ["us-east-1", `us.${SONNET}`, "us-west-2", `us.${SONNET}`],
    ["us-east-1", `global.${SONNET}`, "eu-west-1", `global.${SONNET}`],
    ["us-east-1", MODEL, "eu-west-1", MODEL],
    ["us-east-1", `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${SONNET}`, "eu-west-1", `arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${SONNET}`],
  ])("in %s %s is in %s %s", async (region, model, other, expected) => {
    const [first, second] = await startIn(region, other);
    const { target: served, model: name, model_name, warnings } = metadataOf(await modelOf(endpoints.all, { model }).invoke("Hello"));
    expect([first!.requests[0]!.modelId, second!.requests[0]!.modelId]).toEqual([model, expected]);
    expect(served).toEqual({ region: other, model: expected, endpointUrl: second!.url });
    expect([name, model_name]).toEqual([expected, expected]);
    expect(warnings?.map(({ code }) => code)).toEqual(["target_switched"]);
  });

  test("with a model of its own: by the rules of that model, whose changes the answer reports", async () => {
    const [first, second] = await startIn("us-east-1", "us-west-2");
    const model = "us.anthropic.claude-opus-5-5";
    const { target: served, model_name, warnings } = metadataOf(await modelOf([first!], { temperature: 0.5, failover: [target(second!, { model })] }).invoke("Hello"));
    expect(first!.requests[0]!.body.inferenceConfig).toEqual({ temperature: 0.5 });
    expect(second!.requests[0]!.body.inferenceConfig ?? {}).toEqual({});
    expect([served.model, model_name, second!.requests[0]!.modelId]).toEqual([model, model, model]);
    expect(warnings?.map(({ code }) => code)).toEqual(["target_switched", "sampling_left_out"]);
  });

  test("with an application inference profile of its own: by the rules of the model", async () => {
    const [first, second] = await startIn("us-east-1", "us-west-2");
    const profile = (region: string) => `arn:aws:bedrock:${region}:123456789012:application-inference-profile/abc`;
    const failover = [target(second!, { applicationInferenceProfile: profile("us-west-2") })];
    const { target: served, model_name } = metadataOf(await modelOf([first!], { applicationInferenceProfile: profile("us-east-1"), failover }).invoke("Hello"));
    expect([first!.requests[0]!.modelId, second!.requests[0]!.modelId]).toEqual([profile("us-east-1"), profile("us-west-2")]);
    expect([served.model, model_name]).toEqual([profile("us-west-2"), MODEL]);
  });

  test("with a guardrail of its own; a call's goes to all targets", async () => {
    const [first, second] = await startIn("us-east-1", "us-west-2");
    const guardrail = (guardrailIdentifier: string) => ({ guardrailIdentifier, guardrailVersion: "1", streamProcessingMode: "async" as const });
    const failover = [target(second!, { guardrailConfig: guardrail("ofwest") })];
    const model = modelOf([first!], { guardrailConfig: guardrail("ofeast"), failover });
    await model.invoke("one");
    await fold(await model.stream("two"));
    await model.invoke("three", { guardrailConfig: { guardrailIdentifier: "ofcall", guardrailVersion: "2" } });
    expect(first!.requests[0]!.body["guardrailConfig"]).toEqual({ guardrailIdentifier: "ofeast", guardrailVersion: "1" });
    expect(second!.requests.map(({ body }) => body["guardrailConfig"])).toEqual([
      { guardrailIdentifier: "ofwest", guardrailVersion: "1" },
      guardrail("ofwest"),
      { guardrailIdentifier: "ofcall", guardrailVersion: "2" },
    ]);
  });

  test("with the bytes that the caller had when it called", async () => {
    const [first, second] = await startIn("us-east-1", "us-west-2");
    const data = new Uint8Array(64).fill(7);
    data.set([137, 80, 78, 71, 13, 10, 26, 10]);
    const expected = Buffer.from(data).toString("base64");
    first!.reply(() => (data.fill(0), throttling()));
    await modelOf(endpoints.all).invoke([new HumanMessage({ content: [{ type: "image", mimeType: "image/png", data }] })]);
    const images = [first!, second!].map(({ requests }) => (requests[0]!.body.messages?.[0]?.content[0] as { image: { source: { bytes: string } } }).image.source.bytes);
    expect(images).toEqual([expected, expected]);
  });

  test("a long conversation, whose texts cross beside its JSON", async () => {
    const [, second] = await startIn("us-east-1", "us-west-2");
    const text = "A long text. ".repeat(5000);
    await modelOf(endpoints.all).invoke([new HumanMessage(text), new HumanMessage({ content: [{ type: "text", text }] })]);
    expect(JSON.stringify(second!.requests[0]!.body)).toContain(text);
    expect(second!.requests[0]!.body).toEqual(endpoints.all[0]!.requests[0]!.body);
  });

  test("has the same body as without failover", async () => {
    const [first] = await endpoints.start(1);
    const call = { temperature: 0.5, tools: [{ name: "look", description: "Looks.", schema: { type: "object", properties: {} } }], cache_control: { type: "ephemeral" } } as object;
    await modelOf([first!]).invoke("Hello", call);
    await modelOf([first!], { hedge: { after: HELD } }).invoke("Hello", call);
    expect(first!.requests[1]!.rawBody).toEqual(first!.requests[0]!.rawBody);
  });

  test("headers and body are those of the answer", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(withHeaders(throttling(), { "x-from": "first" }));
    second!.replyAlways(withHeaders("Hello.", { "x-from": "second" }));
    const model = modelOf(endpoints.all, { includeResponseHeaders: true, includeRaw: true });
    const whole = metadataOf(await model.invoke("Hello"));
    const streamed = metadataOf(await fold(await model.stream("Hello")));
    expect([whole.headers?.["x-from"], streamed.headers?.["x-from"]]).toEqual(["second", "second"]);
    expect([whole.raw, streamed.raw]).toEqual([expect.objectContaining({ stopReason: "end_turn" }), expect.arrayContaining([{ messageStart: expect.objectContaining({ role: "assistant" }) as unknown }])]);
  });

  test("the events of a stream end with the target too", async () => {
    const [, second] = await startIn("us-east-1", "us-west-2");
    const last: { event: string; responseMetadata?: Record<string, unknown> }[] = [];
    for await (const event of modelOf(endpoints.all)._streamChatModelEvents([new HumanMessage("Hello")], {} as never)) last.push(event as never);
    expect(last[last.length - 1]).toMatchObject({ event: "message-finish", responseMetadata: { target: { endpointUrl: second!.url }, $metadata: { attempts: 2 } } });
  });
});

describe("an option that cannot be", () => {
  const build = (fields: ChatBedrockConverseInput) => () => new ChatBedrockConverse({ model: MODEL, region: "us-east-1", ...fields });
  const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";

  test.each<[string, ChatBedrockConverseInput, string]>([
    ["no array", { failover: { region: "us-west-2" } as never }, "ChatBedrockConverse: failover must be an array, but it is of type object."],
    ["no object", { failover: ["us-west-2"] as never }, "failover[0] must be an object with region, endpointUrl, model, applicationInferenceProfile, guardrailConfig"],
    ["a misspelling", { failover: [{ region: "us-west-2" }, { regoin: "eu-west-1" } as never] }, "failover[1] has no member 'regoin'. Did you mean 'region'?"],
    ["another member", { failover: [{ credentials: {} } as never] }, "failover[0] has no member 'credentials': a target has"],
    ["an empty region", { failover: [{ region: "" }] }, "failover[0]: region must be a string that is not empty"],
    ["no URL", { failover: [{ endpointUrl: "gateway" }] }, "failover[0]: endpointUrl must be a URL"],
    ["a password", { failover: [{ endpointUrl: "https://user:secret@gateway" }] }, "without user and password, but it is a string."],
    ["nothing", { failover: [{}] }, "failover[0] is the model's own target: give it a region"],
    ["the same target", { failover: [{ region: "us-east-1" }] }, "failover[0] is the same target as the model's own"],
    ["the same target twice", { failover: [{ region: "us-west-2" }, { region: "us-west-2", model: MODEL }] }, "failover[1] is the same target as failover[0]"],
    ["a profile of another region", { applicationInferenceProfile: profile, failover: [{ region: "eu-west-1" }] }, `failover[0]: ${profile} exists in us-east-1 only. Give the target the model's id there: model, or applicationInferenceProfile.`],
    ["a geography without the model", { model: "us.meta.llama4-scout-17b-instruct-v1:0", failover: [{ region: "eu-west-1" }] }, "no inference profile of meta.llama4-scout-17b-instruct-v1:0 is known for eu-west-1"],
    ["a hedge without a time", { hedge: {} as never }, "hedge must be an object with after"],
    ["a time that is none", { failoverAfter: -1 }, "failoverAfter must be a non-negative finite number of milliseconds"],
    ["a client", { hedge: { after: 1 }, client: { send: () => undefined } as never }, "failover and hedge need the native client, but this model sends by AWS's JavaScript client"],
    ["an option of AWS's client", { failover: [{ region: "us-west-2" }], clientOptions: { requestHandler: new NodeHttpHandler() } }, "failover and hedge need the native client"],
  ])("%s", (_name, fields, message) => {
    expect(build(fields)).toThrow(message);
    expect(build(fields)).not.toThrow("secret");
  });

  test("null, which options have that were read from JSON, is left out", async () => {
    const [first, second] = await startIn("us-east-1", "us-east-1");
    const failover = [{ region: null, endpointUrl: second!.url, model: null, applicationInferenceProfile: null, guardrailConfig: null } as unknown as ChatFailoverTarget];
    const { target: served } = metadataOf(await modelOf([first!], { failover, failoverAfter: null as never, hedge: null as never }).invoke("Hello"));
    expect(served).toEqual({ region: "us-east-1", model: MODEL, endpointUrl: second!.url });
  });

  test("a list that is changed later changes nothing", async () => {
    const [first, second] = await startIn("us-east-1", "us-east-1");
    const failover: ChatFailoverTarget[] = [{ endpointUrl: second!.url }];
    const model = modelOf([first!], { failover });
    failover.push({ region: "eu-west-1" });
    failover[0]!.model = "another.model-v1";
    model.failover = [];
    expect(metadataOf(await model.invoke("Hello")).target.model).toBe(MODEL);
  });

  test("an empty list is no failover", async () => {
    const [first] = await endpoints.start(1);
    expect(await modelOf([first!], { failover: [] }).invoke("Hello")).not.toHaveProperty("response_metadata.target");
  });

  test("a client that is assigned later is refused by the next call", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    await model.invoke("Hello");
    model.client = awsClient(first!) as never;
    expect((await rejection(model.invoke("Hello"))).message).toContain("failover and hedge need the native client");
    expect(counts(endpoints.all)).toEqual([1, 0]);
  });

  test("a model that is assigned later is called at all targets", async () => {
    const [first, second] = await startIn("us-east-1", "eu-west-1");
    const model = modelOf(endpoints.all);
    model.model = "us.amazon.nova-pro-v1:0";
    await model.invoke("Hello");
    expect([first!, second!].map(({ requests }) => requests[0]!.modelId)).toEqual(["us.amazon.nova-pro-v1:0", "eu.amazon.nova-pro-v1:0"]);
  });
});

describe("beside calls", () => {
  test("tokens, guardrails and prewarm are of the first target", async () => {
    const [first, second] = await endpoints.start(2);
    const model = modelOf(endpoints.all, { guardrailConfig: { guardrailIdentifier: "ofeast", guardrailVersion: "1" } });
    await model.prewarm();
    expect([first!.connections, second!.connections]).toEqual([1, 0]);
    await model.getNumTokens("How many?");
    await model.applyGuardrail("Hello", { source: "INPUT" });
    expect([first!, second!].map(({ requests }) => requests.map(({ operation }) => operation).filter((it) => it !== "unknown"))).toEqual([["count-tokens", "apply-guardrail"], []]);
    await model.invoke("Hello");
    expect(first!.connections).toBe(1);
  });

  test("explainRequest explains the request to the first, and names the others", async () => {
    const failover: ChatFailoverTarget[] = [{ region: "eu-west-1" }, { endpointUrl: "https://gateway.example/bedrock/?key=secret", model: "another.model-v1" }];
    const model = new ChatBedrockConverse({ model: "us.amazon.nova-pro-v1:0", region: "us-east-1", failover });
    const { modelId, targets } = await model.explainRequest("Hello");
    expect(modelId).toBe("us.amazon.nova-pro-v1:0");
    expect(targets).toEqual([
      { region: "eu-west-1", model: "eu.amazon.nova-pro-v1:0" },
      { region: "us-east-1", model: "another.model-v1", endpointUrl: "https://gateway.example/bedrock" },
    ]);
  });

  test("close() closes all, and a call under way asks no further target", async () => {
    const [first, second] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    first!.replyAlways(() => (model.close(), throttling()));
    expect((await rejection(model.invoke("Hello"))).name).toBe("ThrottlingException");
    expect((await rejection(model.invoke("Hello"))).message).toMatch(/was closed/);
    expect(second!.requests).toHaveLength(0);
  });

  test("no secret of an endpoint's URL is in an answer, a warning, an error or a channel", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(throttling());
    const withKey = (bedrock: Bedrock) => `${bedrock.url}/?key=s3cr3t`;
    const fields = { ...first!.connection, endpointUrl: withKey(first!), model: MODEL, maxRetries: 0 };
    const model = new ChatBedrockConverse({ ...fields, failover: [{ region: second!.region, endpointUrl: withKey(second!) }] });
    const outcome = await model.invoke("Hello").then(
      ({ response_metadata }) => response_metadata,
      (error: object) => error,
    );
    expect(JSON.stringify([outcome, telemetry.spans.map(({ attributes }) => attributes)])).not.toContain("s3cr3t");
  });
});

describe("OpenTelemetry", () => {
  test("has a span for each target; that of the second says why it was asked", async () => {
    const [first, second] = await startIn("us-east-1", "us-west-2");
    await modelOf(endpoints.all).invoke("Hello");
    const [failed, answered] = telemetry.spans;
    expect(failed!.attributes).toMatchObject({ "error.type": "ThrottlingException", "cloud.region": "us-east-1" });
    expect(failed!.attributes).not.toHaveProperty(["langchain_aws_native.failover.kind"]);
    expect(answered!.attributes).toMatchObject({
      "cloud.region": "us-west-2",
      "langchain_aws_native.failover.kind": "failover",
      "langchain_aws_native.failover.reason": "ThrottlingException",
      "langchain_aws_native.failover.from.region": "us-east-1",
      "langchain_aws_native.failover.from.model": MODEL,
      "langchain_aws_native.failover.from.endpoint": first!.url,
      "langchain_aws_native.warning.codes": ["target_switched"],
    });
    expect(await telemetry.series("langchain_aws_native.client.failovers")).toEqual([
      { attributes: expect.objectContaining({ "server.port": second!.port, "langchain_aws_native.failover.kind": "failover", "langchain_aws_native.failover.reason": "ThrottlingException" }), value: 1 },
    ]);
    // Tokens are counted once.
    expect((await telemetry.series("gen_ai.client.token.usage")).map(({ value }) => (value as { count: number }).count)).toEqual([1, 1]);
  });

  test("a hedge that lost is superseded, and no reader's doing", async () => {
    const [first] = await endpoints.start(2);
    const timers = holdTimers();
    try {
      first!.replyAlways(() => (timers.fire(), hang()));
      await modelOf(endpoints.all, { hedge: { after: HELD } }).invoke("Hello");
      while (telemetry.spans.length < 2) await new Promise((resolve) => setImmediate(resolve));
      const lost = telemetry.spans.find(({ attributes }) => attributes["server.port"] === first!.port);
      expect(lost!.attributes).toMatchObject({ "langchain_aws_native.request.superseded": true });
      expect(lost!.attributes).not.toHaveProperty(["langchain_aws_native.stream.abandoned"]);
    } finally {
      timers.restore();
    }
  });
});
