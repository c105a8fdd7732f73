import { hang, stall, startBedrock, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { type Call, expectDisconnect, invoke, stream } from "../support/calls.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { startSilentServer } from "../support/servers/loopback.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

const kinds: [string, Call][] = [
  ["invoke", invoke],
  ["stream", stream],
];

/** An answer that is longer on its way than the timeouts of these tests. */
const late: Answer = () => new Promise((resolve) => setTimeout(() => resolve("Late, but here."), 250));

describe("connectTimeout", () => {
  let silent: Awaited<ReturnType<typeof startSilentServer>>;
  let endpointUrl: string;
  beforeEach(async () => {
    silent = await startSilentServer();
    endpointUrl = `https://127.0.0.1:${silent.port}`;
  });
  afterEach(() => silent.close());

  test.each(kinds)("a server that never answers the handshake, %s", async (_kind, call) => {
    const thrown = await rejection(call(ourModel(bedrock, { endpointUrl, connectTimeout: 80 })));
    expect(thrown.message).toBe("Could not reach Bedrock: ETIMEDOUT: no connection after 80 ms (connectTimeout)");
    expect(thrown.$metadata).toMatchObject({ attempts: 1 });
    await silent.sockets.whenOpen(0);
    expect(silent.sockets.accepted).toBe(1);
  });

  test("of a call", async () => {
    const thrown = await rejection(ourModel(bedrock, { endpointUrl }).invoke("Hello", { connectTimeout: 70 }));
    expect(thrown.message).toContain("no connection after 70 ms (connectTimeout)");
  });

  test("of prewarm()", async () => {
    const thrown = await rejection(ourModel(bedrock, { endpointUrl, connectTimeout: 60 }).prewarm());
    expect(thrown.message).toContain("no connection after 60 ms (connectTimeout)");
  });

  test("behind a proxy that never answers", async () => {
    const proxy = `http://127.0.0.1:${silent.port}`;
    const thrown = await rejection(ourModel(bedrock, { proxy, connectTimeout: 60 }).invoke("Hello"));
    expect(thrown.message).toContain("no connection after 60 ms (connectTimeout)");
  });

  test("0 turns it off: another limit ends the wait", async () => {
    const thrown = await rejection(ourModel(bedrock, { endpointUrl, connectTimeout: 0, responseTimeout: 90 }).invoke("Hello"));
    expect(thrown.message).toBe("Bedrock Converse timed out after 90 ms while waiting for the answer.");
    await silent.sockets.whenOpen(0);
  });
});

describe("responseTimeout", () => {
  test.each([
    ["invoke", invoke, "answer"],
    ["stream", stream, "initial response"],
  ])("an endpoint that never answers, %s", async (_kind, call, phase) => {
    bedrock.reply(hang());
    const thrown = await rejection(call(ourModel(bedrock, { responseTimeout: 80 })));
    expect(thrown.message).toBe(`Bedrock Converse timed out after 80 ms while waiting for the ${phase}.`);
    expect(thrown.lc_error_code).toBe("MODEL_STREAM_TIMEOUT");
    await expectDisconnect(bedrock);
  });

  test("a stream that sends its head and then nothing", async () => {
    bedrock.reply(stall("Hello.", { afterEvents: 0 }));
    const thrown = await rejection(stream(ourModel(bedrock, { responseTimeout: 80 })));
    expect(thrown.message).toBe("Bedrock Converse timed out after 80 ms while waiting for the initial response.");
    await expectDisconnect(bedrock);
  });

  test("half an answer of invoke", async () => {
    bedrock.reply(stall("Hello."));
    const thrown = await rejection(invoke(ourModel(bedrock, { responseTimeout: 80 })));
    expect(thrown.message).toBe("Bedrock Converse timed out after 80 ms while waiting for the answer.");
    await expectDisconnect(bedrock);
  });

  test("attempts and the time between them count", async () => {
    bedrock.replyAlways({ kind: "error", name: "ThrottlingException", message: "Slow down.", status: 429 });
    const started = performance.now();
    const thrown = await rejection(invoke(ourModel(bedrock, { responseTimeout: 150, maxRetries: 50 })));
    expect(thrown.message).toMatch(/^Bedrock Converse timed out after 150 ms/);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test("a function of credentials that never ends counts", async () => {
    const thrown = await rejection(invoke(ourModel(bedrock, { responseTimeout: 80, credentials: () => new Promise(() => undefined) })));
    expect(thrown.message).toMatch(/^Bedrock Converse timed out after 80 ms/);
  });

  test.each([
    ["credentials", { credentials: () => new Promise(() => undefined) }],
    ["bearer token", { bedrockBearerToken: () => new Promise(() => undefined) }],
  ])("a function of the call's %s that never ends", async (what, options) => {
    const thrown = await rejection(invoke(ourModel(bedrock, { responseTimeout: 80 }), options));
    expect(thrown.message).toBe(`Bedrock Converse timed out after 80 ms while waiting for the ${what}.`);
    expect(thrown.lc_error_code).toBe("MODEL_STREAM_TIMEOUT");
    expect(bedrock.requests).toHaveLength(0);
  });

  test("a bearer token function of the constructor that never ends", async () => {
    const model = ourModel(bedrock, { credentials: undefined, responseTimeout: 80, bedrockBearerToken: () => new Promise(() => undefined) });
    expect((await rejection(invoke(model))).message).toContain("80 ms while waiting for the bearer token");
  });

  test("prewarm() of an endpoint that says nothing", async () => {
    bedrock.replyAlways(hang());
    const silent = await startSilentServer();
    const model = ourModel(bedrock, { endpointUrl: `http://127.0.0.1:${silent.port}`, responseTimeout: 80 });
    expect((await rejection(model.prewarm())).message).toBe("Bedrock Converse timed out after 80 ms while waiting for the connection.");
    await silent.close();
  });

  test.each(kinds)("of a call beats the constructor's; 0 turns it off, %s", async (_kind, call) => {
    const model = ourModel(bedrock, { responseTimeout: 50 });
    bedrock.reply(late, late);
    expect((await rejection(call(model))).message).toContain("timed out after 50 ms");
    await call(model, { responseTimeout: 0 });
    bedrock.reply(hang());
    expect((await rejection(call(ourModel(bedrock, { responseTimeout: 0 }), { responseTimeout: 60 }))).message).toContain("timed out after 60 ms");
  });

  test("streamIdleTimeout is about streams: an answer of invoke may take longer", async () => {
    bedrock.reply(late, late);
    await invoke(ourModel(bedrock, { streamIdleTimeout: 50 }));
    await invoke(ourModel(bedrock), { streamIdleTimeout: 50 });
  });

  test("does not count the answer of a stream that has begun", async () => {
    const paced = await startBedrock({ pace: 40 });
    const chunks = await collect(ourModel(paced, { responseTimeout: 120 }).stream("Hello"));
    expect(chunks.length).toBeGreaterThan(4);
    await paced.close();
  });
});

describe("streamIdleTimeout", () => {
  test("silence between events, with what had arrived", async () => {
    bedrock.reply(stall("Half an answer", { afterEvents: 3 }));
    const chunks: string[] = [];
    const thrown = await rejection(
      (async () => {
        for await (const chunk of await ourModel(bedrock, { streamIdleTimeout: 80 }).stream("Hello")) chunks.push(chunk.text);
      })(),
    );
    expect(thrown.message).toBe("Bedrock Converse timed out after 80 ms while waiting for the next chunk.");
    expect(thrown.lc_error_code).toBe("MODEL_STREAM_TIMEOUT");
    expect((thrown.partialOutput as { text: string }).text).toBe(chunks.join(""));
    expect(chunks.join("")).not.toBe("");
    await expectDisconnect(bedrock);
  });

  test("of a call beats the constructor's; 0 turns it off", async () => {
    const paced = await startBedrock({ pace: 120 });
    paced.replyAlways("One two");
    const model = ourModel(paced, { streamIdleTimeout: 40, responseTimeout: 10_000 });
    expect((await rejection(collect(model.stream("Hello")))).message).toContain("timed out after 40 ms");
    expect(await collect(model.stream("Hello", { streamIdleTimeout: 0 }))).not.toHaveLength(0);
    await paced.close();
  });

  test("a consumer that is slow is not silence", async () => {
    let text = "";
    for await (const chunk of await ourModel(bedrock, { streamIdleTimeout: 60 }).stream("Hello")) {
      if (text === "") await new Promise((resolve) => setTimeout(resolve, 200));
      text += chunk.text;
    }
    expect(text).not.toBe("");
  });
});

/** A signal's `TimeoutError` belongs to another realm in Jest, so that core takes it for no error; `process.test.ts` sees its name. */
function expectTimeout({ name, message }: Error): void {
  expect([name, message]).toEqual(name === "TimeoutError" ? ["TimeoutError", "The operation was aborted due to timeout"] : ["Error", "Aborted"]);
}

describe.each(kinds)("LangChain's timeout, %s", (_kind, call) => {
  test.each([
    ["an endpoint that never answers", hang()],
    ["half an answer", stall("Half an answer", { afterEvents: 3 })],
  ])("%s", async (_what, answer) => {
    bedrock.reply(answer);
    const thrown = await rejection(call(ourModel(bedrock), { timeout: 80 }));
    expectTimeout(thrown);
    await expectDisconnect(bedrock);
  });

  test("a function of credentials that never ends", async () => {
    const thrown = await rejection(call(ourModel(bedrock, { credentials: () => new Promise(() => undefined) }), { timeout: 80 }));
    expectTimeout(thrown);
    expect(bedrock.requests).toHaveLength(0);
  });
});
