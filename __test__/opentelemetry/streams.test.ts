import { SpanStatusCode } from "@opentelemetry/api";
import { events, hang, stall, startBedrock, truncated, type Bedrock } from "langchain-aws-native/testing";
import { run } from "../support/child.js";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";
import { type Telemetry, useTelemetry } from "../support/telemetry.js";

useCleanEnvironment();

let bedrock: Bedrock;
let telemetry: Telemetry;
useTelemetry((recording) => (telemetry = recording));
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

/** Some text, and then silence. */
const ENDLESS = stall("A few words that never come to an end.", { afterEvents: 3 });

const outcome = (): object => {
  const { status, attributes, ended } = telemetry.span;
  return { status: status.code, error: attributes["error.type"], abandoned: attributes["langchain_aws_native.stream.abandoned"], ended };
};
const ABANDONED = { status: SpanStatusCode.UNSET, error: undefined, abandoned: true, ended: true };
const failed = (error: string): object => ({ status: SpanStatusCode.ERROR, error, abandoned: undefined, ended: true });

describe.each([
  ["native", ourModel],
  ["by AWS's client", ourModelByClient],
] as const)("%s", (_way, makeModel) => {
  test("a stream whose reader leaves is abandoned, which is no error", async () => {
    bedrock.reply(ENDLESS);
    for await (const chunk of await makeModel(bedrock).stream("Hello")) if (chunk.text !== "") break;
    await telemetry.whenEnded;
    expect(outcome()).toEqual(ABANDONED);
    expect(telemetry.span.attributes).toHaveProperty(["gen_ai.response.time_to_first_chunk"]);
    const [duration] = await telemetry.series("gen_ai.client.operation.duration");
    expect(duration).toMatchObject({ attributes: { "langchain_aws_native.stream.abandoned": true }, value: { count: 1 } });
  });

  test("a stream that is cancelled", async () => {
    bedrock.reply(ENDLESS);
    const reader = (await makeModel(bedrock).stream("Hello")).getReader();
    await reader.read();
    await reader.cancel();
    await telemetry.whenEnded;
    expect(outcome()).toEqual(ABANDONED);
  });

  test("a stream that is aborted while it waits", async () => {
    bedrock.reply(ENDLESS);
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const chunk of await makeModel(bedrock).stream("Hello", { signal: controller.signal })) if (chunk.text !== "") setImmediate(() => controller.abort());
    };
    await rejection(read());
    await telemetry.whenEnded;
    expect(outcome()).toEqual(failed("AbortError"));
  });

  test("a stream that is aborted while its reader handles a chunk", async () => {
    bedrock.reply("A few words that come to an end.");
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const chunk of await makeModel(bedrock).stream("Hello", { signal: controller.signal })) if (chunk.text !== "") controller.abort(new TypeError("Left."));
    };
    await rejection(read());
    await telemetry.whenEnded;
    expect(outcome()).toEqual(failed("TypeError"));
  });

  test("a call that is aborted, by a reason that is no error", async () => {
    const requested = deferred();
    bedrock.reply(() => {
      requested.resolve();
      return hang();
    });
    const controller = new AbortController();
    const call = makeModel(bedrock).invoke("Hello", { signal: controller.signal });
    await requested.promise;
    controller.abort("The user left.");
    await rejection(call);
    await telemetry.whenEnded;
    expect(outcome()).toEqual(failed("_OTHER"));
  });

  test("a stream that breaks off", async () => {
    bedrock.reply(truncated("A few words that break off."));
    await rejection(collect(await makeModel(bedrock).stream("Hello")));
    expect(outcome()).toEqual(failed("IncompleteStreamError"));
  });

  test("a stream that throttling ends", async () => {
    bedrock.reply(events([{ messageStart: { role: "assistant" } }, { throttlingException: { message: "Too many tokens." } }]));
    await rejection(makeModel(bedrock).stream("Hello").then(collect));
    expect(outcome()).toEqual(failed("ThrottlingException"));
  });
});

test("a stream that is dropped unread ends its span when it is collected", async () => {
  bedrock.reply(ENDLESS);
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    import { instrument } from "langchain-aws-native/opentelemetry";
    import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
    const ended = new Promise((resolve) => {
      const processor = { onStart() {}, onEnd: ({ attributes, status }) => resolve([attributes["langchain_aws_native.stream.abandoned"], status.code]), async forceFlush() {}, async shutdown() {} };
      instrument({ tracerProvider: new BasicTracerProvider({ spanProcessors: [processor] }) });
    });
    const model = new ChatBedrockConverse(JSON.parse(process.env.FIELDS));
    await (async () => { await (await model.stream("Hello"))[Symbol.asyncIterator]().next(); })();
    const collecting = setInterval(gc, 20);
    console.log(JSON.stringify(await ended));
    clearInterval(collecting);`;
  const environment = { FIELDS: JSON.stringify(bedrock.connection) };
  expect(await run(source, { environment, nodeOptions: ["--expose-gc"] })).toBe("[true,0]");
});
