import {
  type BedrockRuntimeClient,
  BedrockRuntimeClient as AwsClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { BedrockEmbeddings as PeerBedrockEmbeddings, ChatBedrockConverse as PeerChatBedrockConverse } from "@langchain/aws";
import { HumanMessage } from "@langchain/core/messages";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { mockClient } from "aws-sdk-client-mock";
import { BedrockEmbeddings, ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { awsClient, MODEL, ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";

/** The ways in which a user puts a client of AWS's for JavaScript in play, and what else that means. */

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

/** What a stub answers. */
const ANSWER = {
  output: { message: { role: "assistant", content: [{ text: "From the stub." }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
  $metadata: { requestId: "stubbed", httpStatusCode: 200 },
};

async function* stubbedEvents(): AsyncGenerator<object> {
  yield { messageStart: { role: "assistant" } };
  yield { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "From the " } } };
  yield { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "stub." } } };
  yield { contentBlockStop: { contentBlockIndex: 0 } };
  yield { messageStop: { stopReason: "end_turn" } };
  yield { metadata: { usage: ANSWER.usage, metrics: { latencyMs: 1 } } };
}

/** A client with nothing but a method `send`, and the commands that it got. */
function stub(): { client: BedrockRuntimeClient; commands: { input: unknown; constructor: { name: string } }[]; options: unknown[] } {
  const [commands, options] = [[] as { input: unknown; constructor: { name: string } }[], [] as unknown[]];
  const send = async (command: (typeof commands)[number], option: unknown): Promise<object> => {
    commands.push(command);
    options.push(option);
    if (command instanceof InvokeModelCommand) return { body: new TextEncoder().encode('{"embedding":[1,2]}'), $metadata: {} };
    return command instanceof ConverseStreamCommand ? { stream: stubbedEvents(), $metadata: ANSWER.$metadata } : ANSWER;
  };
  return { client: { send } as never, commands, options };
}

/** A client of AWS's whose requests are counted. */
function counted(configuration: object = {}): { client: BedrockRuntimeClient; sent: string[] } {
  const client = awsClient(bedrock, configuration);
  const sent: string[] = [];
  client.middlewareStack.add((next, { commandName }) => (request) => (sent.push(String(commandName)), next(request)), { step: "build" });
  return { client, sent };
}

async function ask(model: ChatBedrockConverse): Promise<string[]> {
  const whole = await model.invoke("Hello");
  const chunks = await collect(model.stream("Hello"));
  return [whole.text, chunks.map(({ text }) => text).join("")];
}

const STUBBED = ["From the stub.", "From the stub."];
const SERVED = ["You said: Hello", "You said: Hello"];

describe("a client that the user gave", () => {
  test("as the option `client`: every request goes through it", async () => {
    const { client, sent } = counted();
    const model = ourModel(bedrock, { client });
    expect(await ask(model)).toEqual(SERVED);
    expect(sent).toEqual(["ConverseCommand", "ConverseStreamCommand"]);
    expect(model.client).toBe(client);
  });

  test("an object with nothing but `send`", async () => {
    const { client, commands } = stub();
    expect(await ask(ourModel(bedrock, { client }))).toEqual(STUBBED);
    expect(commands.map(({ constructor }) => constructor)).toEqual([ConverseCommand, ConverseStreamCommand]);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("assigned after super()", async () => {
    const { client } = stub();
    class Assigns extends ChatBedrockConverse {
      constructor(fields: ChatBedrockConverseInput) {
        super(fields);
        this.client = client;
      }
    }
    expect(await ask(new Assigns({ model: MODEL, ...bedrock.connection }))).toEqual(STUBBED);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("declared as a field of a subclass", async () => {
    const { client } = stub();
    class Declares extends ChatBedrockConverse {
      override client = client;
    }
    expect(await ask(new Declares({ model: MODEL, ...bedrock.connection }))).toEqual(STUBBED);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("assigned after a native call, and taken away again", async () => {
    const model = ourModel(bedrock);
    expect(await ask(model)).toEqual(SERVED);
    model.client = stub().client;
    expect(await ask(model)).toEqual(STUBBED);
    model.client = undefined as never;
    expect(await ask(model)).toEqual(SERVED);
    expect(bedrock.requests).toHaveLength(4);
  });

  test("without a method `send` is refused in one sentence", async () => {
    expect(() => ourModel(bedrock, { client: {} as never })).toThrow(/^ChatBedrockConverse: client must be a client of AWS's, or an object with its method `send`, but it is of type object\.$/);
    const model = Object.assign(ourModel(bedrock), { client: {} });
    expect((await rejection(model.invoke("Hello"))).message).toMatch(/send is not a function/);
  });

  test("gets the request as AWS's types have it, bytes as bytes, as with @langchain/aws", async () => {
    const [ours, theirs] = [stub(), stub()];
    const bytes = new Uint8Array([137, 80, 78, 71]);
    const input = [
      new HumanMessage({
        content: [
          { type: "text", text: "What is it?" },
          { type: "image", image: { format: "png", source: { bytes } } },
          { type: "document", document: { name: "a", format: "txt", source: { bytes } } },
        ] as never,
      }),
    ];
    const options = { temperature: 0.5, additionalModelRequestFields: { source: { bytes: "aGk=" } } };
    await ourModel(bedrock, { client: ours.client, ...options }).invoke(input);
    await new PeerChatBedrockConverse({ model: MODEL, region: "us-east-1", client: theirs.client, ...options }).invoke(input);
    expect(withoutUndefined(ours.commands[0]?.input)).toEqual(withoutUndefined(theirs.commands[0]?.input));
    expect((ours.commands[0] as { input: { messages: { content: { image?: { source: { bytes: unknown } } }[] }[] } }).input.messages[0]?.content[1]?.image?.source.bytes).toBeInstanceOf(Uint8Array);
  });

  test("that answers nothing: half an answer is no answer", async () => {
    const model = ourModel(bedrock, { client: { send: async () => undefined } as never });
    expect((await rejection(model.invoke("Hello"))).message).not.toBe("");
    expect(await rejection(collect(model.stream("Hello")))).toMatchObject({ name: "IncompleteStreamError" });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["a circular object", () => ({ output: { message: Object.defineProperty({ content: [] as unknown[] }, "self", { enumerable: true, get: circular }) } }), /^What the client answered cannot be written as JSON: .*\.$/],
    ["a text", () => "Hello", /^No message found in Bedrock response\.$/],
  ])("that answers %s: one sentence", async (_what, answer, sentence) => {
    expect((await rejection(ourModel(bedrock, { client: { send: async () => answer() } as never }).invoke("Hello"))).message).toMatch(sentence);
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no stream", () => 5, /cannot be iterated: it must be an async iterable of events\.$/],
    ["events that are none", async function* () { yield null; yield {}; yield { messageStart: undefined }; }, /^The answer is incomplete\. The stream ended without messageStop\.$/],
  ])("whose stream is %s: one sentence", async (_what, stream, sentence) => {
    expect((await rejection(collect(ourModel(bedrock, { client: { send: async () => ({ stream: stream() }) } as never }).stream("Hello")))).message).toMatch(sentence);
  });

  test("that throws a frozen error: the same", async () => {
    const frozen = Object.freeze(Object.assign(new Error("frozen"), { $fault: "client", $metadata: {} }));
    const failing = async function* (): AsyncGenerator<object> { yield { messageStart: { role: "assistant" } }; throw frozen; };
    expect(await rejection(ourModel(bedrock, { client: { send: () => Promise.reject(frozen) } as never }).invoke("Hello"))).toBe(frozen);
    expect(await rejection(collect(ourModel(bedrock, { client: { send: async () => ({ stream: failing() }) } as never }).stream("Hello")))).toBe(frozen);
  });

  test("that throws at once, before it gives a promise", async () => {
    const broken = new TypeError("no client today");
    const client = { send: () => { throw broken; } } as never;
    expect(await rejection(ourModel(bedrock, { client }).invoke("Hello"))).toBe(broken);
  });
});

function circular(this: object): object {
  return this;
}

/** `undefined` members differ: AWS's client does not send them. */
function withoutUndefined(value: unknown): unknown {
  if (ArrayBuffer.isView(value) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([name, member]) => [name, withoutUndefined(member)]));
}

describe("reading `client`", () => {
  const http = { clientOptions: { requestHandler: new NodeHttpHandler() } };

  test("gives AWS's client, made as @langchain/aws makes it, and the same one each time", async () => {
    const fields = { region: "eu-central-1", credentials: bedrock.connection.credentials, endpointHost: "vpce-1.example.com" };
    const [ours, theirs] = [new ChatBedrockConverse(fields).client, new PeerChatBedrockConverse(fields).client];
    expect(ours).toBeInstanceOf(AwsClient);
    expect(await ours.config.region()).toBe(await theirs.config.region());
    expect(await ours.config.endpoint?.()).toEqual(await theirs.config.endpoint?.());
    expect(await ours.config.credentials()).toMatchObject(bedrock.connection.credentials);
    expect(ours.middlewareStack.identify()).toEqual(theirs.middlewareStack.identify());
    const model = new ChatBedrockConverse(fields);
    expect(model.client).toBe(model.client);
  });

  test("changes nothing: requests still go by the native client", async () => {
    const model = ourModel(bedrock);
    expect(model.client).toBeInstanceOf(AwsClient);
    await model.invoke("Hello");
    expect(bedrock.requests[0]?.headers["user-agent"]).toMatch(/aws-sdk-rust/);
  });

  test("and sending a command of one's own", async () => {
    const { client } = ourModel(bedrock, { ...http, defaultHeaders: { "x-team": "billing" } });
    const answer = await client.send(new ConverseCommand({ modelId: MODEL, messages: [{ role: "user", content: [{ text: "Hello" }] }] }));
    expect(answer.output?.message?.content).toEqual([{ text: "You said: Hello" }]);
    expect(bedrock.requests[0]?.headers["x-team"]).toBe("billing");
  });

  test("and replacing its `send`: requests go through that", async () => {
    const model = ourModel(bedrock);
    model.client.send = stub().client.send;
    expect(await ask(model)).toEqual(STUBBED);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("and spying on its `send`", async () => {
    const model = ourModel(bedrock, http);
    const spy = jest.spyOn(model.client, "send");
    expect(await ask(model)).toEqual(SERVED);
    expect(spy).toHaveBeenCalledTimes(2);
    spy.mockRestore();
  });

  test("and adding middleware, which then sees each request", async () => {
    // The handler comes from `clientOptions` in the other tests; here middleware alone must be enough.
    const model = ourModel(bedrock);
    const seen: string[] = [];
    model.client.middlewareStack.add(() => async (request) => (seen.push("seen"), { output: ANSWER as never, response: request as never }), { step: "initialize" });
    expect((await model.invoke("Hello")).text).toBe("From the stub.");
    expect(seen).toEqual(["seen"]);
    expect(bedrock.requests).toHaveLength(0);
  });
});

describe("clientOptions that only AWS's client can serve", () => {
  test.each<[string, () => object]>([
    ["an instance of a handler", () => ({ requestHandler: new NodeHttpHandler() })],
    ["an endpoint function", () => ({ requestHandler: new NodeHttpHandler(), endpoint: async () => ({ protocol: "http:", hostname: "127.0.0.1", port: Number(new URL(bedrock.url).port), path: "/" }) })],
    ["a name nobody knows", () => ({ requestHandler: new NodeHttpHandler(), frobnicate: true })],
  ])("%s", async (_what, clientOptions) => {
    const model = ourModel(bedrock, { clientOptions: clientOptions() as never });
    expect(await ask(model)).toEqual(SERVED);
    expect(bedrock.requests[0]?.headers["user-agent"]).toMatch(/aws-sdk-js/);
  });

  test("a logger hears of the requests", async () => {
    const heard: string[] = [];
    const nothing = (): void => undefined;
    const logger = { debug: nothing, warn: nothing, error: nothing, info: (entry: { commandName?: string }) => void heard.push(String(entry.commandName)) };
    await ourModel(bedrock, { clientOptions: { requestHandler: new NodeHttpHandler(), logger } }).invoke("Hello");
    expect(heard).toEqual(["ConverseCommand"]);
  });

  test("the constructor's own options hold: credentials, retries, headers, the region", async () => {
    bedrock.reply(throttling(), throttling());
    const model = ourModel(bedrock, { clientOptions: { requestHandler: new NodeHttpHandler(), region: "eu-west-1" }, maxRetries: 1, defaultHeaders: { "x-team": "billing" } });
    expect(await rejection(model.invoke("Hello"))).toMatchObject({ name: "ThrottlingException", $metadata: { attempts: 2 } });
    expect(bedrock.requests).toHaveLength(2);
    for (const { headers } of bedrock.requests) {
      expect(headers["x-team"]).toBe("billing");
      expect(headers.authorization).toMatch(/\/us-east-1\/bedrock\/.*SignedHeaders=[^,]*x-team/);
    }
  });

  test.each([
    ["a key", "made-up-key"],
    ["a function", async () => "made-up-key"],
  ])("bedrockBearerToken as %s", async (_form, bedrockBearerToken) => {
    const keyed = await startBedrock({ bearerToken: "made-up-key" });
    await ourModel(keyed, { clientOptions: { requestHandler: new NodeHttpHandler() }, credentials: undefined, bedrockBearerToken }).invoke("Hello");
    expect(keyed.requests[0]?.headers.authorization).toBe("Bearer made-up-key");
    await keyed.close();
  });

  test("noAuth", async () => {
    const model = ourModel(bedrock, { clientOptions: { requestHandler: new NodeHttpHandler() }, credentials: undefined, noAuth: true });
    await rejection(model.invoke("Hello"));
    expect(bedrock.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  test("roleAssumer and mfaCodeProvider are AWS's client's", () => {
    const model = ourModel(bedrock, { credentials: undefined, roleAssumer: async () => bedrock.connection.credentials, mfaCodeProvider: async () => "123456", ignoreCache: true });
    expect(model.client).toBeInstanceOf(AwsClient);
  });
});

describe("a class that is mocked with aws-sdk-client-mock", () => {
  let mock: ReturnType<typeof mockClient>;
  beforeAll(() => void (mock = mockClient(AwsClient)));
  afterEach(() => mock.reset());
  afterAll(() => mock.restore());

  test("answers, streams and errors come from the mock, nothing from the network", async () => {
    mock.on(ConverseCommand).resolves(ANSWER as never);
    mock.on(ConverseStreamCommand).callsFake(() => ({ stream: stubbedEvents(), $metadata: {} }));
    expect(await ask(ourModel(bedrock))).toEqual(STUBBED);
    expect(mock.commandCalls(ConverseCommand)[0]?.args[0].input).toMatchObject({ modelId: MODEL, messages: [{ role: "user", content: [{ text: "Hello" }] }] });
    const thrown = new ThrottlingException({ message: "Slow down.", $metadata: { httpStatusCode: 429 } });
    mock.on(ConverseCommand).rejects(thrown);
    const error = await rejection(ourModel(bedrock).invoke("Hello"));
    expect(error).toBe(thrown);
    expect(error.lc_error_code).toBe("MODEL_RATE_LIMIT");
    expect(bedrock.requests).toHaveLength(0);
  });

  test("embeddings too", async () => {
    mock.on(InvokeModelCommand).callsFake(() => ({ body: new TextEncoder().encode('{"embedding":[0.5]}') }));
    expect(await new BedrockEmbeddings(bedrock.connection).embedDocuments(["a", "b"])).toEqual([[0.5], [0.5]]);
    expect(mock.commandCalls(InvokeModelCommand)).toHaveLength(2);
    expect(bedrock.requests).toHaveLength(0);
  });
});

describe("embeddings", () => {
  test("go through a client that the user gave, with the commands of @langchain/aws", async () => {
    const [ours, theirs] = [stub(), stub()];
    const fields = { model: "amazon.titan-embed-text-v2:0", dimensions: 256, region: "us-east-1" };
    expect(await new BedrockEmbeddings({ ...fields, client: ours.client }).embedQuery("Hello")).toEqual([1, 2]);
    await new PeerBedrockEmbeddings({ ...fields, client: theirs.client }).embedQuery("Hello");
    expect(ours.commands.map(({ input }) => input)).toEqual(theirs.commands.map(({ input }) => input));
  });

  test("retry what the client could not do, as LangChain's caller does in @langchain/aws, but not what would fail again", async () => {
    let calls = 0;
    const send = async (): Promise<object> => {
      if (++calls === 1) throw new ThrottlingException({ message: "Slow down.", $metadata: {} });
      return { body: new TextEncoder().encode('{"embedding":[1]}') };
    };
    expect(await new BedrockEmbeddings({ client: { send } as never, region: "us-east-1" }).embedQuery("Hello")).toEqual([1]);
    expect(calls).toBe(2);
    const refuse = async (): Promise<never> => {
      calls++;
      throw Object.assign(new Error("No."), { name: "ValidationException", $fault: "client", $metadata: {} });
    };
    const error = await rejection(new BedrockEmbeddings({ client: { send: refuse } as never, region: "us-east-1" }).embedQuery("Hello"));
    expect(error.message).toBe("An error occurred while embedding documents with Bedrock: No.");
    expect(calls).toBe(3);
  });
});

describe("what a call can and cannot bring", () => {
  test("headers", async () => {
    const { client } = counted();
    await ourModel(bedrock, { client, defaultHeaders: { "x-team": "a", "x-app": "b" } }).invoke("Hello", { headers: { "x-team": "c" } });
    expect(bedrock.requests[0]?.headers).toMatchObject({ "x-team": "c", "x-app": "b" });
  });

  test.each([
    ["credentials", { credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x" } }],
    ["bedrockBearerToken", { bedrockBearerToken: "key" }],
    ["connectTimeout", { connectTimeout: 5 }],
  ])("%s is refused: the client has its own for all calls", async (option, options) => {
    const { client, commands } = stub();
    const error = await rejection(ourModel(bedrock, { client }).invoke("Hello", options));
    expect(error.message).toMatch(new RegExp(`^The call's option ${option} needs the native client, .*: configure that client, or use a model of its own\\.$`));
    expect(commands).toHaveLength(0);
  });

  test("prewarm() fetches the client's credentials", async () => {
    let fetched = 0;
    const credentials = async (): Promise<object> => (fetched++, bedrock.connection.credentials);
    await ourModel(bedrock, { client: awsClient(bedrock, { credentials } as never) }).prewarm();
    expect(fetched).toBe(1);
    await ourModel(bedrock, { client: stub().client }).prewarm();
  });

  test("close() ends the model, not a client that the user gave", async () => {
    const { client } = counted();
    const model = ourModel(bedrock, { client });
    model.close();
    expect((await rejection(model.invoke("Hello"))).message).toBe("The model was closed: close() ends its connection for good.");
    expect(await ask(ourModel(bedrock, { client }))).toEqual(SERVED);
  });

  test("a model's dump shows nothing of the client", () => {
    const model = ourModel(bedrock, { client: awsClient(bedrock) });
    expect(Object.keys(model)).not.toContain("client");
    expect(JSON.stringify(model)).not.toContain(bedrock.connection.credentials.secretAccessKey);
  });
});
