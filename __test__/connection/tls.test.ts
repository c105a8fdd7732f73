import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultAnswer, startBedrock, stall, type Bedrock } from "langchain-aws-native/testing";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { askInChild } from "../support/asking.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { CA_FILE, type Offer, startTlsFront, type TlsFront } from "../support/servers/tls.js";

useCleanEnvironment();

let bedrock: Bedrock;
let front: TlsFront;
beforeAll(async () => {
  bedrock = await startBedrock();
});
beforeEach(async () => {
  front = await startTlsFront(bedrock);
});
afterEach(async () => {
  bedrock.reset();
  await front.close();
});
afterAll(() => bedrock.close());

const secure = (fields: ChatBedrockConverseInput = {}): ChatBedrockConverse => ourModel(bedrock, { endpointUrl: front.url, caBundle: CA_FILE, ...fields });
const versions = (): string[] => front.requests.map((request) => request.httpVersion);
const folder = mkdtempSync(join(tmpdir(), "tls-"));

describe("a certificate authority of the company's own", () => {
  test("as an option: one file or many", async () => {
    await secure().invoke("Hello");
    await secure({ caBundle: [CA_FILE, CA_FILE] }).invoke("Hello");
    expect(front.requests).toHaveLength(2);
  });

  test.each(["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"])("by %s", async (variable) => {
    process.env[variable] = CA_FILE;
    await secure({ caBundle: undefined }).invoke("Hello");
    expect(front.requests).toHaveLength(1);
  });

  test("by SSL_CERT_FILE", async () => {
    const outcome = await askInChild({ ...bedrock.connection, endpointUrl: front.url }, { SSL_CERT_FILE: CA_FILE });
    expect(outcome.error).toBeUndefined();
  });

  test("as an option beside NODE_EXTRA_CA_CERTS, which is always added and may name no file", async () => {
    const other = join(folder, "other.pem");
    writeFileSync(other, readFileSync(CA_FILE));
    process.env.NODE_EXTRA_CA_CERTS = other;
    await secure({ caBundle: CA_FILE }).invoke("Hello");
    process.env.NODE_EXTRA_CA_CERTS = "/nonexistent.pem";
    await secure().invoke("Hello");
    expect(front.requests).toHaveLength(2);
  });

  test("unknown: an error with a hint", async () => {
    const thrown = await rejection(secure({ caBundle: undefined }).invoke("Hello"));
    expect(thrown.message).toMatch(/^Could not reach Bedrock: .*certificate/);
    expect(thrown.hint).toMatch(/caBundle.*AWS_CA_BUNDLE/);
    expect(front.requests).toHaveLength(0);
  });

  test.each([
    ["no PEM", "This is no certificate.", /holds no PEM certificate/],
    ["a broken PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", /./],
    ["not there", undefined, /No such file|cannot find/],
  ])("a file that is %s: one sentence that names it", async (_what, content, why) => {
    const file = join(folder, "wrong.pem");
    if (content === undefined) return expectRefused("/nonexistent/ca.pem", why);
    writeFileSync(file, content);
    return expectRefused(file, why);
  });

  async function expectRefused(file: string, why: RegExp): Promise<void> {
    const thrown = await rejection(secure({ caBundle: file }).invoke("Hello"));
    expect(thrown.message).toContain(`the CA file ${file} cannot be used: `);
    expect(thrown.message).toMatch(why);
    expect(thrown.message).not.toContain("\n");
  }
});

describe("HTTP", () => {
  test.each<[Offer, "1.1" | "2" | undefined, string]>([
    ["both", undefined, "1.1"],
    ["http/1.1", undefined, "1.1"],
    ["both", "1.1", "1.1"],
    ["both", "2", "2.0"],
    ["h2", "2", "2.0"],
  ])("a server that offers %s, and httpVersion %p: HTTP/%s", async (offer, httpVersion, expected) => {
    await front.close();
    front = await startTlsFront(bedrock, offer);
    const model = secure({ httpVersion });
    await model.invoke("Hello");
    expect(await collect(model.stream("Hello"))).not.toHaveLength(0);
    expect(versions()).toEqual([expected, expected]);
  });

  test.each<[Offer, "1.1" | "2"]>([
    ["http/1.1", "2"],
    ["h2", "1.1"],
  ])("a server that offers only %s to a model that insists on HTTP/%s: an error, not a hang", async (offer, httpVersion) => {
    await front.close();
    front = await startTlsFront(bedrock, offer);
    const thrown = await rejection(secure({ httpVersion }).invoke("Hello"));
    // Node.js does not refuse the handshake that offers only the wrong protocol: it answers 403 to whatever comes after it.
    expect(thrown.message).toMatch(/^Could not reach Bedrock: |HTTP status 403/);
    expect(front.requests).toHaveLength(0);
  });

  test("version 2 without TLS, if the user insists", async () => {
    await ourModel(bedrock, { httpVersion: "2" }).invoke("Hello");
    expect(bedrock.requests[0]?.response.status).toBe(200);
    expect(bedrock.requests[0]?.headers.connection).toBeUndefined();
  });
});

describe("connections", () => {
  test.each<[Offer]>([["both"], ["http/1.1"]])("fifty calls one after the other have one TLS session, %s", async (offer) => {
    await front.close();
    front = await startTlsFront(bedrock, offer);
    const model = secure();
    for (let call = 0; call < 25; call++) {
      await model.invoke("Hello");
      await collect(model.stream("Hello"));
    }
    expect(front.requests).toHaveLength(50);
    // Over HTTP/1.1 a connection is back in the pool a moment after its answer has ended; a call that comes just then may open another, once.
    expect(front.sessions.accepted).toBeLessThanOrEqual(3);
  });

  test("many calls at once have one session over HTTP/2, once it is open", async () => {
    const model = secure({ httpVersion: "2" });
    await model.invoke("Hello");
    await Promise.all(Array.from({ length: 40 }, () => model.invoke("Hello")));
    expect(front.sessions.accepted).toBe(1);
  });

  test("models of equal configuration share one, of different configuration do not", async () => {
    const credentials = async (): Promise<{ accessKeyId: string; secretAccessKey: string }> => bedrock.connection.credentials;
    const fields = { credentials, defaultHeaders: { "x-team": "blue" } };
    const one = secure(fields);
    await one.invoke("Hello");
    await secure({ ...fields, temperature: 0.5, model: "amazon.nova-pro-v1:0" }).invoke("Hello");
    expect(front.sessions.accepted).toBe(1);
    await secure({ ...fields, connectTimeout: 1234 }).invoke("Hello");
    expect(front.sessions.accepted).toBe(2);
    await secure({ ...fields, credentials: async () => bedrock.connection.credentials }).invoke("Hello");
    expect(front.sessions.accepted).toBe(3);
    await one.invoke("Hello", { connectTimeout: 4321 });
    expect(front.sessions.accepted).toBe(4);
    await one.invoke("Hello");
    expect(front.sessions.accepted).toBe(4);
  });

  test("a server that closes an idle connection costs a new one, not an error", async () => {
    const model = secure();
    await model.invoke("Hello");
    for (const session of front.sessions.open) session.end();
    await front.sessions.whenOpen(0);
    await model.invoke("Hello");
    expect(front.sessions.accepted).toBe(2);
  });
});

describe("readers that pause hold up only themselves", () => {
  test.each<["1.1" | "2"]>([["1.1"], ["2"]])("over HTTP/%s", async (httpVersion) => {
    // Each is more than all buffers and windows of a connection would hold, were they shared.
    const long = "x".repeat(3_000_000);
    bedrock.replyAlways(({ operation }) => (operation === "converse-stream" ? long : "Here."));
    const model = secure({ httpVersion });
    const paused = await Promise.all(Array.from({ length: 3 }, async () => (await model.stream("Hello"))[Symbol.asyncIterator]()));
    for (const reader of paused) expect((await reader.next()).done).toBe(false);
    for (let call = 0; call < 3; call++) expect((await model.invoke("Hello")).text).toBe("Here.");
    await Promise.all(paused.map((reader) => reader.return?.()));
    bedrock.replyAlways(defaultAnswer);
    // Nine megabytes of short events: on a busy machine they take a while.
  }, 60_000);
});

describe("more streams than one HTTP/2 connection has", () => {
  test("get a connection of their own, and a place that was left is taken again", async () => {
    await front.close();
    front = await startTlsFront(bedrock, "h2", 100);
    bedrock.replyAlways(({ operation }) => (operation === "converse-stream" ? stall("One two.", { afterEvents: 2 }) : "Here."));
    const model = secure({ httpVersion: "2" });
    await model.invoke("Hello");
    const open = async (): Promise<AsyncIterator<unknown>> => {
      const reader = (await model.stream("Hello"))[Symbol.asyncIterator]();
      expect((await reader.next()).done).toBe(false);
      return reader;
    };
    const readers = await Promise.all(Array.from({ length: 100 }, open));
    expect(front.sessions.accepted).toBe(1);
    readers.push(await open());
    expect((await model.invoke("Hello")).text).toBe("Here.");
    expect(front.sessions.accepted).toBe(2);
    const [left, ...others] = readers;
    await left?.return?.();
    await Promise.race(front.requests.slice(1, 101).map(({ closed }) => closed));
    others.push(await open());
    await Promise.all(others.map((reader) => reader.return?.()));
    expect(front.sessions.accepted).toBe(2);
    bedrock.replyAlways(defaultAnswer);
  }, 60_000);
});

describe("HTTP/2 that is interrupted", () => {
  test("a server that says goodbye gets the next call on a new connection", async () => {
    const model = secure({ httpVersion: "2" });
    await model.invoke("Hello");
    front.goAway();
    await front.sessions.whenOpen(0);
    await model.invoke("Hello");
    expect(front.sessions.accepted).toBe(2);
  });

  test("a stream that was refused unseen is sent again", async () => {
    front.refusals = 1;
    await secure({ httpVersion: "2" }).invoke("Hello");
    expect(front.requests).toHaveLength(1);
  });

  test("one that is refused again and again is not", async () => {
    front.refusals = 3;
    await rejection(secure({ httpVersion: "2" }).invoke("Hello"));
    expect(front.refusals).toBe(1);
  });

  test("a server that takes ten streams at once gets forty calls, ten at a time", async () => {
    await front.close();
    front = await startTlsFront(bedrock, "h2", 10);
    const model = secure({ httpVersion: "2" });
    await model.invoke("Hello");
    const answers = await Promise.all(Array.from({ length: 40 }, () => model.invoke("Hello")));
    expect(answers).toHaveLength(40);
    expect(front.sessions.accepted).toBe(1);
  });
});

describe("prewarm()", () => {
  test.each<[Offer]>([["both"], ["http/1.1"]])("opens the connection that the first call uses, and fetches its credentials, %s", async (offer) => {
    await front.close();
    front = await startTlsFront(bedrock, offer);
    const credentials = jest.fn(async () => bedrock.connection.credentials);
    const model = secure({ credentials });
    await model.prewarm();
    expect(front.sessions.accepted).toBe(1);
    expect(credentials).toHaveBeenCalledTimes(1);
    await model.invoke("Hello");
    await collect(model.stream("Hello"));
    expect(front.sessions.accepted).toBe(1);
    expect(credentials).toHaveBeenCalledTimes(1);
    expect(bedrock.requests.filter((request) => request.operation !== "unknown")).toHaveLength(2);
  });

  test("carries no credentials and no content over the wire", async () => {
    await secure().prewarm();
    for (const { method, headers } of front.requests) {
      expect(method).toBe("GET");
      expect(headers.authorization).toBeUndefined();
    }
  });

  test("rejects as the first call would", async () => {
    const thrown = new Error("no vault today");
    expect(await rejection(secure({ credentials: () => Promise.reject(thrown) }).prewarm())).toBe(thrown);
    expect((await rejection(secure({ caBundle: undefined }).prewarm())).hint).toMatch(/caBundle/);
  });

  test("its signal ends it", async () => {
    const controller = new AbortController();
    const reason = new Error("never mind");
    const warming = rejection(secure({ credentials: () => new Promise(() => controller.abort(reason)) }).prewarm({ signal: controller.signal }));
    expect(await warming).toBe(reason);
  });
});

describe("close()", () => {
  test("closes the connection, and later calls are refused in one sentence", async () => {
    const model = secure();
    await model.invoke("Hello");
    model.close();
    await front.sessions.whenOpen(0);
    for (const call of [() => model.invoke("Hello"), () => collect(model.stream("Hello")), () => model.prewarm()]) {
      const thrown = await rejection((async () => call())());
      expect(thrown.message).toMatch(/^[^\n]*closed[^\n]*$/);
    }
    expect(front.requests).toHaveLength(1);
    expect(() => model.close()).not.toThrow();
  });

  test("leaves a model of equal configuration its connection", async () => {
    const [one, other] = [secure(), secure()];
    await one.invoke("Hello");
    await other.invoke("Hello");
    one.close();
    await other.invoke("Hello");
    expect(front.sessions.accepted).toBe(1);
    other.close();
    await front.sessions.whenOpen(0);
    await secure().invoke("Hello");
    expect(front.sessions.accepted).toBe(2);
  });

  test("closing one model twice closes nothing of another's", async () => {
    const [one, other] = [secure(), secure()];
    await Promise.all([one.invoke("Hello"), other.invoke("Hello")]);
    const { accepted } = front.sessions;
    one.close();
    one.close();
    await other.invoke("Hello");
    expect(front.sessions.accepted).toBe(accepted);
    other.close();
  });

  test("lets a stream that is under way finish, and closes its connection after it", async () => {
    const model = secure();
    const stream = await model.stream("Hello");
    const chunks: string[] = [];
    for await (const chunk of stream) {
      if (chunks.length === 0) model.close();
      chunks.push(chunk.text);
    }
    expect(chunks.join("")).not.toBe("");
    await front.sessions.whenOpen(0);
  });

  test("before the first call", async () => {
    const model = secure();
    model.close();
    expect((await rejection(model.invoke("Hello"))).message).toMatch(/closed/);
    expect(front.sessions.accepted).toBe(0);
  });

  test("a stream that is aborted leaves the HTTP/2 connection to the next call", async () => {
    bedrock.reply(stall("A long answer that never ends.", { afterEvents: 3 }));
    const model = secure({ httpVersion: "2" });
    for await (const _chunk of await model.stream("Hello")) break;
    await front.requests[0]?.closed;
    expect(front.requests[0]?.isAborted).toBe(true);
    await model.invoke("Hello");
    expect(front.sessions.accepted).toBe(1);
  });
});
