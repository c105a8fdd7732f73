import { ConverseCommand, ConverseStreamCommand, type BedrockRuntimeClient, type ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import * as testing from "../../testing/index.js";
import { ask, awsClient, collect } from "./support.js";

let bedrock: testing.Bedrock;
let client: BedrockRuntimeClient;

beforeEach(async () => {
  bedrock = await testing.startBedrock();
  client = awsClient(bedrock);
});
afterEach(async () => {
  client.destroy();
  await bedrock.close();
});

async function converse(question: string = "Hello"): Promise<unknown> {
  const output = await client.send(new ConverseCommand(ask(question)));
  return output.output?.message?.content;
}

async function converseStream(question: string = "Hello"): Promise<ConverseStreamOutput[]> {
  const output = await client.send(new ConverseStreamCommand(ask(question)));
  return collect(output.stream);
}

function textOf(events: ConverseStreamOutput[]): string {
  return events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join("");
}

describe("answers", () => {
  test("are given in the order they were queued, then the default is", async () => {
    bedrock.reply("one", [testing.text("two")]).reply({ content: "three", stopReason: "max_tokens" });
    expect(await converse()).toEqual([{ text: "one" }]);
    expect(await converse()).toEqual([{ text: "two" }]);
    expect((await converseStream()).at(-2)).toEqual({ messageStop: { stopReason: "max_tokens" } });
    expect(await converse()).toEqual([{ text: "You said: Hello" }]);
    bedrock.replyAlways("always");
    expect([await converse(), textOf(await converseStream())]).toEqual([[{ text: "always" }], "always"]);
    bedrock.replyAlways(testing.defaultAnswer);
    expect(await converse()).toEqual([{ text: "You said: Hello" }]);
  });

  test("serve both operations alike", async () => {
    const call = testing.toolUse("get_weather", { city: "Paris" }, "id1");
    const content = [testing.reasoning("Hm", "sig"), call, testing.citations("So.", [{ title: "T" }])];
    bedrock.replyAlways(content);
    expect(await converse()).toMatchObject(content);
    expect(await converseStream()).toEqual(
      expect.arrayContaining([
        { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: "sig" } } } },
        { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: "id1", name: "get_weather" } } } },
        { contentBlockDelta: { contentBlockIndex: 2, delta: { citation: { title: "T" } } } },
        { messageStop: { stopReason: "tool_use" } },
        { metadata: { usage: expect.any(Object), metrics: { latencyMs: expect.any(Number) } } },
      ]),
    );
  });

  test.each([
    ["anthropic.claude-sonnet-4-20250514-v1:0", false],
    ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0", false],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", true],
    ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1", true],
  ])("of a model that is served through profiles, to %s", async (modelId, isServed) => {
    bedrock.reply(testing.throughProfile((request) => request.operation));
    const answer = client.send(new ConverseCommand(ask("Hello", modelId)));
    if (isServed) return expect(await answer).toMatchObject({ output: { message: { content: [{ text: "converse" }] } } });
    const message = `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`;
    await expect(answer).rejects.toMatchObject({ name: "ValidationException", message });
  });

  test("may be made from the request, later, by further functions", async () => {
    bedrock.reply(async ({ body, modelId }) => () => testing.text(`${modelId}: ${body.messages?.length}`));
    expect(await converse()).toEqual([{ text: "anthropic.claude-sonnet-4-20250514-v1:0: 1" }]);
  });

  test("that fail are the client's error, with their own message", async () => {
    bedrock.reply(() => {
      throw new Error("expected 3 messages");
    });
    await expect(converse()).rejects.toMatchObject({ name: "ValidationException", message: "The test's own answer failed: expected 3 messages" });
  });

  test("may be a script of events, for both operations", async () => {
    const script = testing.events([
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hel" } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "lo" } } },
      { messageStop: { stopReason: "content_filtered" } },
    ]);
    bedrock.replyAlways(script);
    const events = await converseStream();
    expect(events).toHaveLength(4);
    expect(textOf(events)).toBe("Hello");
    expect(await client.send(new ConverseCommand(ask("Hello")))).toMatchObject({
      output: { message: { content: [{ text: "Hello" }] } },
      stopReason: "content_filtered",
    });
  });

  test.each<[unknown, RegExp]>([
    [undefined, /^An answer is text, content blocks, .* not undefined\.$/],
    [7, /not 7\.$/],
    [{ text: 1 }, /^The member text of a content block is a string, not 1\.$/],
    [[{ text: "a", more: 1 }], /^A content block is an object with one member/],
    [{ content: { text: "a" } }, /^The content of an answer is text or a list/],
    [{ toolUse: {} }, /^The member toolUse of a content block has a name/],
    [testing.events([{ a: 1, b: 2 }]), /^An event is an object with one member/],
    [testing.truncated("a", { afterEvents: -1 }), /^afterEvents is a whole number/],
    [testing.status(42), /^An HTTP status is a whole number from 200 to 599, not 42\.$/],
  ])("of a wrong shape are refused: %j", (answer, message) => {
    expect(() => bedrock.reply(answer as testing.Answer)).toThrow(message);
    expect(() => bedrock.replyAlways(answer as testing.Answer)).toThrow(TypeError);
  });
});

describe("errors", () => {
  test.each([
    [testing.throttling(), "ThrottlingException", 429],
    [testing.validation("Too long"), "ValidationException", 400],
    [testing.error("ModelNotReadyException", "Not yet"), "ModelNotReadyException", 429],
    [testing.error("SomethingNew", "?", 418), "SomethingNew", 418],
  ])("of the service come before any stream: %j", async (answer, name, status) => {
    bedrock.replyAlways(answer);
    const expected = { name, $metadata: { httpStatusCode: status } };
    await expect(converse()).rejects.toMatchObject(expected);
    await expect(converseStream()).rejects.toMatchObject(expected);
    expect(bedrock.requests[0]!.response).toMatchObject({ status, errorType: name, requestId: expect.stringMatching(/^[\da-f-]{36}$/) });
  });

  test("within a stream follow what was sent before; without a stream they are the answer", async () => {
    bedrock.replyAlways(testing.events([{ messageStart: { role: "assistant" } }, { throttlingException: { message: "Slow down" } }]));
    const output = await client.send(new ConverseStreamCommand(ask("Hello")));
    const received: unknown[] = [];
    const reading = (async () => {
      for await (const event of output.stream ?? []) received.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ name: "ThrottlingException", message: "Slow down" });
    expect(received).toEqual([{ messageStart: { role: "assistant" } }]);
    await expect(converse()).rejects.toMatchObject({ name: "ThrottlingException", message: "Slow down", $metadata: { httpStatusCode: 429 } });
  });

  test("for unknown paths and methods, and for bodies that are no JSON object", async () => {
    await using open = await testing.startBedrock({ bearerToken: "token" });
    const request = (path: string, init: RequestInit): Promise<Response> =>
      fetch(`${open.url}${path}`, { headers: { authorization: "Bearer token" }, method: "POST", ...init });
    const shown = async (path: string, init: RequestInit): Promise<unknown[]> => {
      const response = await request(path, init);
      return [response.status, response.headers.get("x-amzn-errortype"), await response.json()];
    };
    const message = expect.any(String);
    expect(await shown("/model/m/invoke-with-response-stream", { body: "{}" })).toEqual([404, "UnknownOperationException", { message }]);
    expect(await shown("/model/m/converse", { method: "PUT", body: "{}" })).toContain(404);
    expect(await shown("/model/m/converse", { body: "[" })).toEqual([400, "SerializationException", { message }]);
    expect(await shown("/model/m/converse", { body: "{}", headers: {} })).toContain("MissingAuthenticationTokenException");
    expect(open.requests.map(({ operation }) => operation)).toEqual(["unknown", "unknown", "converse", "converse"]);
  });
});

describe("faults", () => {
  test("reset: nothing arrives", async () => {
    bedrock.replyAlways(testing.reset());
    await expect(converse()).rejects.toThrow(/ECONNRESET|socket hang up/);
    await expect(converseStream()).rejects.toThrow(/ECONNRESET|socket hang up/);
    expect(bedrock.requests[0]).toMatchObject({ aborted: false, response: { status: undefined } });
  });

  test("html and status: what stands between a client and Bedrock may send", async () => {
    bedrock.reply(testing.html(502), testing.status(503));
    await expect(converse()).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
    await expect(converse()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  test("truncated: a stream ends in order but early, a body breaks off", async () => {
    bedrock.reply(testing.truncated("one two"), testing.truncated("one two", { afterEvents: 2 }), testing.truncated("one two"));
    const events = await converseStream();
    expect(textOf(events)).toBe("one two");
    expect(events.at(-1)).toEqual({ contentBlockStop: { contentBlockIndex: 0 } });
    expect(textOf(await converseStream())).toBe("one");
    await expect(converse()).rejects.toThrow(/aborted/);
  });

  test("truncated abruptly: what was sent arrives, then the connection fails", async () => {
    bedrock.reply(testing.truncated("one two", { afterEvents: 3, abrupt: true }));
    const output = await client.send(new ConverseStreamCommand(ask("Hello")));
    const received: ConverseStreamOutput[] = [];
    const reading = (async () => {
      for await (const event of output.stream ?? []) received.push(event);
    })();
    await expect(reading).rejects.toThrow(/aborted/);
    expect(textOf(received)).toBe("one two");
  });

  test("corrupt: the named frame fails its checksum", async () => {
    bedrock.reply(testing.corrupt("one", { event: 1, what: "preludeCrc" }), testing.corrupt("one", { event: 2 }), testing.corrupt("one"));
    await expect(converseStream()).rejects.toThrow(/prelude checksum/);
    await expect(converseStream()).rejects.toThrow(/message checksum/);
    await expect(converse()).rejects.toThrow(/JSON/);
  });

  test("corrupt: an event that is not there is the test's own fault", async () => {
    bedrock.reply(testing.corrupt("one", { event: 99 }));
    await expect(converseStream()).rejects.toThrow(/corrupt\(\) names event 99, but the answer has 5 events/);
  });

  test("stall: the endpoint sees the client leave", async () => {
    bedrock.reply(testing.stall("one two", { afterEvents: 2 }));
    const leave = new AbortController();
    const output = await client.send(new ConverseStreamCommand(ask("Hello")), { abortSignal: leave.signal });
    const reading = (async () => {
      for await (const event of output.stream ?? []) if (event.contentBlockDelta) leave.abort();
    })();
    await expect(reading).rejects.toThrow();
    await bedrock.requests[0]!.closed;
    expect(bedrock.requests[0]!.aborted).toBe(true);
  });

  test("hang: the endpoint closes all the same, and counts that as its own doing", async () => {
    let called: () => void;
    const arrival = new Promise<void>((resolve) => (called = resolve));
    bedrock.reply(() => {
      called();
      return testing.hang();
    });
    const failure = expect(converse()).rejects.toThrow();
    await arrival;
    await bedrock.close();
    await failure;
    await bedrock.requests[0]!.closed;
    expect(bedrock.requests[0]).toMatchObject({ aborted: false, response: { status: undefined } });
  });
});

describe("the endpoint", () => {
  test("records requests as they came", async () => {
    await converse("Hi");
    const [request] = bedrock.requests;
    expect(request).toMatchObject({ operation: "converse", method: "POST", response: { status: 200 } });
    expect(request!.modelId).toBe("anthropic.claude-sonnet-4-20250514-v1:0");
    expect(request!.url).toBe("/model/anthropic.claude-sonnet-4-20250514-v1%3A0/converse");
    expect(request!.body.messages).toEqual([{ role: "user", content: [{ text: "Hi" }] }]);
    expect(request!.rawBody.toString()).toBe(JSON.stringify(request!.body));
    expect(request!.headers["host"]).toBe(`127.0.0.1:${bedrock.port}`);
  });

  test("answers with the request id that it records", async () => {
    const output = await client.send(new ConverseCommand(ask("Hello")));
    expect(output.$metadata.requestId).toBe(bedrock.requests[0]!.response.requestId);
  });

  test("forgets answers and requests on reset", async () => {
    bedrock.reply("one", "two");
    await converse();
    bedrock.reset();
    expect(bedrock.requests).toEqual([]);
    expect(await converse()).toEqual([{ text: "You said: Hello" }]);
  });

  test("counts connections", async () => {
    await converse();
    await converse();
    expect(bedrock.connections).toBe(1);
    const another = awsClient(bedrock);
    await another.send(new ConverseCommand(ask("Hello")));
    another.destroy();
    expect(bedrock.connections).toBe(2);
  });

  test("says that a port is taken, and which values make no sense", async () => {
    await expect(testing.startBedrock({ port: bedrock.port })).rejects.toThrow(`Port ${bedrock.port} of 127.0.0.1 is already taken`);
    await expect(testing.startBedrock({ port: 70000 })).rejects.toThrow(/port must be a whole number from 0 to 65535/);
    await expect(testing.startBedrock({ pace: -1 })).rejects.toThrow(/pace must be a number of milliseconds/);
  });

  test("gives a client all it needs, and closes with its scope", async () => {
    let url: string;
    {
      await using scoped = await testing.startBedrock({ region: "eu-west-1", pace: 1 });
      url = scoped.url;
      expect(scoped.connection).toEqual({ endpointUrl: url, region: "eu-west-1", credentials: scoped.credentials });
      const output = await awsClient(scoped).send(new ConverseStreamCommand(ask("Hello")));
      expect(textOf(await collect(output.stream))).toBe("You said: Hello");
    }
    await expect(fetch(url)).rejects.toThrow();
    await bedrock.close();
    await bedrock.close();
  });
});
