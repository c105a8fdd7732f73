import { startBedrock, throttling, truncated, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { IncompleteStreamError, type ChatBedrockConverse } from "langchain-aws-native";
import { askInChild } from "../support/asking.js";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { CA_FILE, startTlsFront } from "../support/servers/tls.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

describe("headers", () => {
  const signedHeaders = (place: number): string[] => /SignedHeaders=([^,]+)/.exec(bedrock.requests[place]?.headers["authorization"] ?? "")?.[1]?.split(";") ?? [];

  test("of the constructor and of a call, which win; all signed", async () => {
    const model = ourModel(bedrock, { defaultHeaders: { "X-Team": "blue", "x-stage": "test" } });
    await model.invoke("Hello", { headers: { "x-team": "red", "X-Request": "7" } });
    await collect(model.stream("Hello", { headers: { "x-request": "8" } }));
    const [first, second] = bedrock.requests;
    expect(first?.headers).toMatchObject({ "x-team": "red", "x-stage": "test", "x-request": "7" });
    expect(second?.headers).toMatchObject({ "x-team": "blue", "x-stage": "test", "x-request": "8" });
    for (const place of [0, 1]) expect(signedHeaders(place)).toEqual(expect.arrayContaining(["x-team", "x-stage", "x-request"]));
    expect([first?.response.status, second?.response.status]).toEqual([200, 200]);
  });

  test("over HTTP/2 as well", async () => {
    const front = await startTlsFront(bedrock);
    const model = ourModel(bedrock, { endpointUrl: front.url, caBundle: CA_FILE, httpVersion: "2", defaultHeaders: { "X-Team": "blue" } });
    await model.invoke("Hello");
    expect(front.requests[0]).toMatchObject({ httpVersion: "2.0", headers: { "x-team": "blue" } });
    model.close();
    await front.close();
  });

  test("on each attempt", async () => {
    bedrock.reply(throttling());
    await ourModel(bedrock, { maxRetries: 1 }).invoke("Hello", { headers: { "x-request": "7" } });
    expect(bedrock.requests.map(({ headers }) => headers["x-request"])).toEqual(["7", "7"]);
  });

  test.each([
    ["a name with a space", { "x team": "blue" }],
    ["a value with a line break", { "x-team": "blue\r\nx-evil: 1" }],
  ])("%s is an error that does not show the value, not a crash", async (_what, headers) => {
    const thrown = await rejection(ourModel(bedrock).invoke("Hello", { headers: headers as never }));
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown.message).not.toContain("evil");
    expect(bedrock.requests).toHaveLength(0);
  });
});

describe("maxConcurrency", () => {
  /** Counts requests in flight; each waits until `together` of them are, or until it is told. */
  function counting(together: number): { answer: Answer; most: () => number } {
    let [inFlight, most] = [0, 0];
    const reached = deferred();
    const answer: Answer = async ({ closed }) => {
      most = Math.max(most, ++inFlight);
      void closed.then(() => inFlight--);
      if (inFlight >= together) reached.resolve();
      await reached.promise;
      return "Hello.";
    };
    return { answer, most: () => most };
  }
  const kinds: [string, (model: ChatBedrockConverse) => Promise<unknown>][] = [
    ["invoke", (model) => model.invoke("Hello")],
    ["stream", (model) => collect(model.stream("Hello"))],
  ];

  test.each(kinds)("1: never two requests in flight, %s", async (_kind, call) => {
    const { answer, most } = counting(1);
    bedrock.replyAlways(answer);
    const model = ourModel(bedrock, { maxConcurrency: 1 });
    await Promise.all(Array.from({ length: 8 }, () => call(model)));
    expect(bedrock.requests).toHaveLength(8);
    expect(most()).toBe(1);
  });

  test.each(kinds)("3: three and no more, %s", async (_kind, call) => {
    const { answer, most } = counting(3);
    bedrock.replyAlways(answer);
    const model = ourModel(bedrock, { maxConcurrency: 3 });
    await Promise.all(Array.from({ length: 9 }, () => call(model)));
    expect(most()).toBe(3);
  });

  test("unset: all at once", async () => {
    const { answer, most } = counting(30);
    bedrock.replyAlways(answer);
    const model = ourModel(bedrock);
    await Promise.all(Array.from({ length: 30 }, () => model.invoke("Hello")));
    expect(most()).toBe(30);
  });

  test("a call that fails, is aborted in the queue or is broken off gives its place away", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 1 });
    bedrock.reply(throttling());
    await rejection(model.invoke("Hello"));
    for await (const _chunk of await model.stream("Hello")) break;
    const [started, gate] = [deferred(), deferred()];
    bedrock.reply(async () => {
      started.resolve();
      await gate.promise;
      return "First.";
    });
    const first = model.invoke("Hello");
    await started.promise;
    const controller = new AbortController();
    const queued = rejection(model.invoke("Hello", { signal: controller.signal }));
    const reason = new Error("no longer needed");
    controller.abort(reason);
    expect(await queued).toBe(reason);
    gate.resolve();
    expect((await first).text).toBe("First.");
    expect((await model.invoke("Hello")).text).not.toBe("");
    expect(bedrock.requests).toHaveLength(4);
  });
});

describe("retries", () => {
  test("AWS_MAX_ATTEMPTS holds, and maxRetries beats it", async () => {
    bedrock.replyAlways(throttling());
    const { error } = await askInChild({ ...bedrock.connection, maxRetries: undefined }, { AWS_MAX_ATTEMPTS: "2" });
    expect(error?.name).toBe("ThrottlingException");
    expect(bedrock.requests).toHaveLength(2);
    await askInChild({ ...bedrock.connection, maxRetries: 0 }, { AWS_MAX_ATTEMPTS: "2" });
    expect(bedrock.requests).toHaveLength(3);
  });

  test("AWS_RETRY_MODE holds, and retryMode beats it", async () => {
    await askInChild(bedrock.connection, { AWS_RETRY_MODE: "adaptive" });
    await askInChild({ ...bedrock.connection, retryMode: "standard" }, { AWS_RETRY_MODE: "adaptive" });
    const modes = bedrock.requests.map(({ headers }) => /\bm\/([\w,+-]+)/.exec(`${headers["user-agent"]} ${headers["x-amz-user-agent"]}`)?.[1]?.split(","));
    expect(modes).toEqual([expect.arrayContaining(["F"]), expect.arrayContaining(["E"])]);
  });

  test("a stream is retried before its first byte, and says how often", async () => {
    bedrock.reply(throttling(), "At last.");
    const chunks = await collect(ourModel(bedrock, { maxRetries: 1 }).stream("Hello"));
    expect(chunks.map((chunk) => chunk.text).join("")).toBe("At last.");
    const metadata = chunks.map((chunk) => chunk.response_metadata["$metadata"] as { attempts?: number } | undefined).find((it) => it?.attempts);
    expect(metadata).toMatchObject({ attempts: 2, httpStatusCode: 200 });
  });

  test("a stream is not retried after its first byte", async () => {
    bedrock.reply(truncated("A few words that break off.", { afterEvents: 3, abrupt: true }));
    const thrown = await rejection(collect(ourModel(bedrock, { maxRetries: 5 }).stream("Hello")));
    expect(thrown).toBeInstanceOf(IncompleteStreamError);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("what the model refuses is not sent again", async () => {
    bedrock.reply({ kind: "error", name: "ValidationException", message: "No.", status: 400 });
    const thrown = await rejection(ourModel(bedrock, { maxRetries: 5 }).invoke("Hello"));
    expect(bedrock.requests).toHaveLength(1);
    expect(thrown.$metadata).toMatchObject({ attempts: 1, totalRetryDelay: 0 });
  });

  test("the delay between attempts is in $metadata", async () => {
    bedrock.reply(throttling(), throttling());
    const thrown = await rejection(ourModel(bedrock, { maxRetries: 1 }).invoke("Hello"));
    const { attempts, totalRetryDelay } = thrown.$metadata as { attempts: number; totalRetryDelay: number };
    expect(attempts).toBe(2);
    expect(totalRetryDelay).toBeGreaterThanOrEqual(0);
    expect(totalRetryDelay).toBeLessThan(5_000);
  });
});
