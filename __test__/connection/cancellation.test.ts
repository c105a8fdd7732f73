import { getEventListeners } from "node:events";
import type { AIMessageChunk } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseInput } from "langchain-aws-native";
import { hang, stall, startBedrock, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { startConnectProxy } from "../support/servers/connect_proxy.js";
import { startSilentServer } from "../support/servers/loopback.js";
import { CA_FILE, type Offer, startTlsFront, type TlsFront } from "../support/servers/tls.js";

useCleanEnvironment();

/** A signal ends a call wherever it is, with the signal's own reason, and the other side notices. */

const REASON = Object.assign(new Error("The user left."), { name: "UserLeft" });
/** Between a signal and the rejection; the promise of the issue is 50 ms, the rest is for a busy machine. */
const SOON = 1_000;

let bedrock: Bedrock;
let controller: AbortController;
let abortedAt: number;
beforeEach(async () => {
  bedrock = await startBedrock();
  controller = new AbortController();
});
afterEach(() => bedrock.close());

function abort(): void {
  abortedAt = performance.now();
  controller.abort(REASON);
}

type Call = (model: ChatBedrockConverse, signal?: AbortSignal) => Promise<unknown>;
const KINDS: [string, Call, ChatBedrockConverseInput][] = [
  ["invoke", (model, signal) => model.invoke("Hello", { signal }), {}],
  ["stream", (model, signal) => collect(model.stream("Hello", { signal })), {}],
  ["invoke that streams", (model, signal) => model.invoke("Hello", { signal }), { streaming: true }],
];

async function expectReason(call: Promise<unknown>): Promise<void> {
  expect(await rejection(call)).toBe(REASON);
  expect(performance.now() - abortedAt).toBeLessThan(SOON);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
}

async function expectDisconnect(): Promise<void> {
  await bedrock.requests[0]?.closed;
  expect(bedrock.requests[0]?.aborted).toBe(true);
  expect(bedrock.requests).toHaveLength(1);
}

/** Fires the signal when the endpoint has the request. */
const abortThen =
  (answer: Answer): Answer =>
  () => {
    abort();
    return answer;
  };

describe.each(KINDS)("%s: a signal that fires", (_kind, call, fields) => {
  test("before the call", async () => {
    abort();
    await expectReason(call(ourModel(bedrock, fields), controller.signal));
    expect(bedrock.requests).toHaveLength(0);
  });

  test("while the credentials function is pending", async () => {
    const credentials = (): Promise<never> => {
      setImmediate(abort);
      return new Promise(() => undefined);
    };
    await expectReason(call(ourModel(bedrock, { ...fields, credentials }), controller.signal));
    expect(bedrock.requests).toHaveLength(0);
  });

  test("while the function of the API key is pending", async () => {
    const bedrockBearerToken = (): Promise<never> => {
      setImmediate(abort);
      return new Promise(() => undefined);
    };
    await expectReason(call(ourModel(bedrock, { ...fields, bedrockBearerToken }), controller.signal));
    expect(bedrock.requests).toHaveLength(0);
  });

  test("during the TLS handshake", async () => {
    const silent = await startSilentServer();
    const ended = rejection(call(ourModel(bedrock, { ...fields, endpointUrl: `https://127.0.0.1:${silent.port}` }), controller.signal));
    await silent.sockets.whenAccepted(1);
    abort();
    expect(await ended).toBe(REASON);
    await silent.sockets.whenOpen(0);
    await silent.close();
  });

  test("while a proxy thinks about the tunnel", async () => {
    const silent = await startSilentServer();
    const model = ourModel(bedrock, { ...fields, endpointUrl: "https://bedrock.example", proxy: `http://127.0.0.1:${silent.port}` });
    const ended = rejection(call(model, controller.signal));
    await silent.sockets.whenAccepted(1);
    abort();
    expect(await ended).toBe(REASON);
    await silent.sockets.whenOpen(0);
    await silent.close();
  });

  test("while the request waits for its turn", async () => {
    const started = deferred();
    bedrock.reply(() => {
      started.resolve();
      return hang();
    });
    const model = ourModel(bedrock, { ...fields, maxConcurrency: 1 });
    const first = new AbortController();
    const blocking = call(model, first.signal).catch(() => undefined);
    await started.promise;
    const queued = call(model, controller.signal);
    setImmediate(abort);
    await expectReason(queued);
    first.abort(REASON);
    await blocking;
    expect(bedrock.requests).toHaveLength(1);
  });

  test("while the answer is awaited", async () => {
    bedrock.reply(abortThen(hang()));
    await expectReason(call(ourModel(bedrock, fields), controller.signal));
    await expectDisconnect();
  });

  test("between two attempts", async () => {
    bedrock.reply(abortThen({ kind: "error", name: "ThrottlingException", message: "Slow down.", status: 429 }));
    await expectReason(call(ourModel(bedrock, { ...fields, maxRetries: 5 }), controller.signal));
    expect(bedrock.requests).toHaveLength(1);
  });

  test("in the middle of the answer", async () => {
    bedrock.reply(abortThen(stall("One two three four.", { afterEvents: 3 })));
    await expectReason(call(ourModel(bedrock, fields), controller.signal));
    await expectDisconnect();
  });

  test("after the call: nothing happens, and nothing listens", async () => {
    await call(ourModel(bedrock, fields), controller.signal);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    abort();
    expect(bedrock.requests[0]?.aborted).toBe(false);
  });
});

describe.each<[Offer]>([["http/1.1"], ["h2"]])("over TLS with %s", (offer) => {
  let front: TlsFront;
  beforeEach(async () => {
    front = await startTlsFront(bedrock, offer);
  });
  afterEach(() => front.close());
  const secure = (): ChatBedrockConverse => ourModel(bedrock, { endpointUrl: front.url, caBundle: CA_FILE, httpVersion: offer === "h2" ? "2" : "1.1" });

  test.each(KINDS.slice(0, 2))("an aborted %s closes the HTTP/1.1 connection, or resets its HTTP/2 stream and leaves the connection", async (_kind, call) => {
    const model = secure();
    await model.invoke("Hello");
    bedrock.reply(abortThen(stall("One two three four.", { afterEvents: 3 })));
    await expectReason(call(model, controller.signal));
    await front.requests[1]?.closed;
    expect(front.requests[1]?.isAborted).toBe(true);
    await bedrock.requests[1]?.closed;
    expect(bedrock.requests[1]?.aborted).toBe(true);
    await model.invoke("Hello");
    expect(front.sessions.accepted).toBe(offer === "h2" ? 1 : 2);
    model.close();
  });

  test("other calls of the model go on", async () => {
    const model = secure();
    await model.invoke("Hello");
    const gate = deferred();
    const started = deferred();
    bedrock.reply(async () => {
      started.resolve();
      await gate.promise;
      return "I am still here.";
    });
    const staying = model.invoke("Hello");
    await started.promise;
    bedrock.reply(abortThen(hang()));
    await expectReason(model.invoke("Hello", { signal: controller.signal }));
    gate.resolve();
    expect((await staying).text).toBe("I am still here.");
    model.close();
  });
});

describe("a consumer", () => {
  const ENDLESS = stall("One two three four five six.", { afterEvents: 5 });

  test("that is slow: the request ends although nobody pulls, and the next pull rejects", async () => {
    bedrock.reply(ENDLESS);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of await ourModel(bedrock).stream("Hello", { signal: controller.signal })) {
        seen.push(chunk.text);
        if (seen.length > 1) continue;
        abort();
        await bedrock.requests[0]?.closed;
      }
    })();
    expect(await rejection(reading)).toBe(REASON);
    await expectDisconnect();
  });

  test("that is gone: the signal ends what nobody reads", async () => {
    bedrock.reply(ENDLESS);
    const iterator = (await ourModel(bedrock).stream("Hello", { signal: controller.signal }))[Symbol.asyncIterator]();
    await iterator.next();
    abort();
    await expectDisconnect();
  });

  test.each<[string, (stream: AsyncIterable<AIMessageChunk>) => Promise<unknown>]>([
    [
      "breaks out of the loop",
      async (stream) => {
        for await (const _chunk of stream) break;
      },
    ],
    [
      "throws in the loop",
      (stream) =>
        rejection(
          (async () => {
            for await (const _chunk of stream) throw new Error("my own");
          })(),
        ),
    ],
    ["cancels the stream", (stream) => (stream as unknown as ReadableStream).cancel()],
    ["returns its iterator", async (stream) => {
      const iterator = stream[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
    }],
  ])("that %s: the request ends", async (_how, leave) => {
    bedrock.reply(ENDLESS);
    await leave(await ourModel(bedrock).stream("Hello"));
    await expectDisconnect();
  });

  test("that breaks off streamEvents", async () => {
    bedrock.reply(ENDLESS);
    const reading = (async () => {
      for await (const event of ourModel(bedrock).streamEvents("Hello", { version: "v2" })) if (event.event === "on_chat_model_stream") break;
    })();
    // Core takes the abort by which it ends the stream for a failure when its reason is of another realm, as in Jest, and the next chunk comes late.
    await reading.catch(({ message }: Error) => expect(message).toBe("Aborted"));
    await expectDisconnect();
  });
});

test("one signal for many calls: no listener is left", async () => {
  const model = ourModel(bedrock);
  await Promise.all(Array.from({ length: 8 }, () => model.invoke("Hello", { signal: controller.signal })));
  for (let call = 0; call < 5; call++) await collect(model.stream("Hello", { signal: controller.signal }));
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("a tunnel is closed with its request", async () => {
  const proxy = await startConnectProxy();
  bedrock.reply(abortThen(hang()));
  await expectReason(ourModel(bedrock, { proxy: proxy.url }).invoke("Hello", { signal: controller.signal }));
  await expectDisconnect();
  await proxy.close();
});
