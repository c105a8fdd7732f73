import { createServer, type Server, type Socket } from "node:net";
import { error, events, startBedrock, throttling, truncated, withHeaders, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { HOST, listen, Sockets, stop } from "../support/servers/loopback.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const start = { messageStart: { role: "assistant" } };

describe("a stream that has begun is never asked for again", () => {
  test.each<[string, Answer]>([
    ["its connection ends", truncated("Hello there", { afterEvents: 1 })],
    ["its connection is dropped", truncated("Hello there", { afterEvents: 2, abrupt: true })],
    ["it is throttled", events([start, { throttlingException: { message: "Slow down." } }])],
    ["the model fails", events([start, { modelStreamErrorException: { message: "No." } }])],
  ])("when %s", async (_when, answer) => {
    bedrock.reply(answer, "Again");
    await rejection(collect(ourModel(bedrock, { maxRetries: 3 }).stream("Hello")));
    expect(bedrock.requests).toHaveLength(1);
  });

  test("what fails before is", async () => {
    bedrock.reply(withHeaders(throttling(), { "retry-after": "0" }), "Here.");
    const chunks = await collect(ourModel(bedrock, { maxRetries: 1 }).stream("Hello"));
    expect(chunks.map(({ text }) => text).join("")).toBe("Here.");
  });
});

test("$metadata tells how many attempts were throttled", async () => {
  const atOnce = { "retry-after": "0" };
  bedrock.reply(withHeaders(throttling(), atOnce), withHeaders(error("ServiceUnavailableException", "Not now."), atOnce), "Here.");
  const { response_metadata } = await ourModel(bedrock, { maxRetries: 2 }).invoke("Hello");
  expect(response_metadata).toMatchObject({ $metadata: { attempts: 3, throttledAttempts: 1 } });
  expect((await ourModel(bedrock).invoke("Hello")).response_metadata.$metadata).not.toHaveProperty("throttledAttempts");
});

describe("a connection that the other side closed", () => {
  const body = JSON.stringify({ output: { message: { role: "assistant", content: [{ text: "Hi" }] } }, stopReason: "end_turn", usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } });
  const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  let server: Server;
  let sockets: Sockets;
  let url: string;
  let requests: Socket[];
  let handle: (socket: Socket) => void;

  beforeEach(async () => {
    requests = [];
    handle = (socket) => socket.write(ANSWER);
    server = createServer((socket) => {
      let received = "";
      socket.on("data", (bytes) => {
        received += bytes.toString("latin1");
        const [head = "", rest] = received.split("\r\n\r\n");
        if (rest === undefined || rest.length < Number(/content-length: (\d+)/i.exec(head)?.[1])) return;
        received = "";
        requests.push(socket);
        handle(socket);
      });
    });
    sockets = new Sockets(server);
    url = `http://${HOST}:${await listen(server)}`;
  });
  afterEach(() => stop(server, sockets));

  /** A connection is closed here once the client has closed it, too: it has seen the end. The gap before that has a test of its own, in connector.rs. */
  async function closeIdle(): Promise<void> {
    for (const socket of sockets.open) socket.end();
    await sockets.whenOpen(0);
  }

  test("while it was idle: is replaced, without a retry", async () => {
    const model = ourModel(bedrock, { endpointUrl: url, maxRetries: 0 });
    for (let call = 0; call < 20; call++) {
      const message = await model.invoke("Hello");
      expect(message.response_metadata).toMatchObject({ $metadata: { attempts: 1 } });
      await closeIdle();
    }
    expect(requests).toHaveLength(20);
    expect(sockets.accepted).toBe(20);
  });

  test("and all others of the pool: are replaced", async () => {
    const model = ourModel(bedrock, { endpointUrl: url, maxRetries: 0 });
    const all = deferred();
    handle = () => void (requests.length === 8 && all.resolve());
    const calls = Array.from({ length: 8 }, () => model.invoke("Hello"));
    await all.promise;
    for (const socket of requests) socket.write(ANSWER);
    await Promise.all(calls);
    await closeIdle();
    handle = (socket) => socket.write(ANSWER);
    await model.invoke("Hello");
    expect(requests).toHaveLength(9);
  });

  test("after it had read the request: that is not sent twice with maxRetries 0", async () => {
    const model = ourModel(bedrock, { endpointUrl: url, maxRetries: 0 });
    await model.invoke("Hello");
    handle = (socket) => socket.end();
    const thrown = await rejection(model.invoke("Hello"));
    expect(thrown.message).toMatch(/^Could not reach Bedrock: /);
    expect(requests).toHaveLength(2);
    expect(sockets.accepted).toBe(1);
  });

  test("after it had read the request: that is a retry, which maxRetries allows", async () => {
    const model = ourModel(bedrock, { endpointUrl: url, maxRetries: 2 });
    await model.invoke("Hello");
    handle = (socket) => (requests.length === 2 ? socket.end() : socket.write(ANSWER));
    const message = await model.invoke("Hello");
    expect(message.response_metadata).toMatchObject({ $metadata: { attempts: 2 } });
    expect(requests).toHaveLength(3);
  });
});
