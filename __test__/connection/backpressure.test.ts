import { startBedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect } from "../support/rejection.js";
import { startCountedStreams } from "../support/servers/counted_streams.js";
import { CA_FILE } from "../support/servers/tls.js";

useCleanEnvironment();

const KB = 1024;
const MB = 1024 * KB;

/**
 * What a stream whose reader has stopped may hold: over HTTP/2 its flow-control window of 64 KB and the events that wait for their reader; over HTTP/1.1
 * what the system's socket buffers take on this machine, whose limits are in MB.
 */
describe.each([
  ["2", 160 * KB],
  ["1.1", 48 * MB],
] as const)("over HTTP/%s", (httpVersion, bound) => {
  test("a stream whose reader has stopped is not read to its end, and others go on", async () => {
    const server = await startCountedStreams(2_000);
    const bedrock = await startBedrock();
    const model = ourModel(bedrock, { endpointUrl: server.url, caBundle: CA_FILE, httpVersion });
    const stopped = (await model.stream("Hello"))[Symbol.asyncIterator]();
    await stopped.next();
    // As long as the server can write more, another stream is read from its start to its end.
    let before: number;
    do {
      before = server.taken[0]!;
      expect((await collect(model.stream("Hello"))).length).toBeGreaterThan(2_000);
    } while (server.taken[0]! > before && before < bound);
    expect(server.taken[0]!).toBeLessThan(bound);
    await stopped.return!();
    await server.close();
    await bedrock.close();
  });
});

test("the texts of many streams that come together arrive whole", async () => {
  const bedrock = await startBedrock();
  const answer = Array.from({ length: 200 }, (_, index) => `word${index}`).join(" ");
  bedrock.replyAlways(answer);
  const model = ourModel(bedrock);
  const texts = await Promise.all(Array.from({ length: 16 }, async () => (await collect(model.stream("Hello"))).map(({ text }) => text).join("")));
  for (const text of texts) expect(text).toBe(answer);
  await bedrock.close();
});
