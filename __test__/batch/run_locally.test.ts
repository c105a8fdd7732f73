import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { BedrockBatch, type BatchInputs, type BatchResult, type LocalProgress, type RunLocallyOptions } from "langchain-aws-native/batch";
import { error, reset, startBedrock, throttling, withHeaders, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { questionOf, questions, textsOf, timesAsked } from "./local_support.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const run = (inputs: BatchInputs, options?: RunLocallyOptions): AsyncGenerator<BatchResult> => new BedrockBatch({ model: ourModel(bedrock) }).runLocally(inputs, options);

/** Answers that wait until they are let go, and the questions that wait for them. */
function hold(): { asked: string[]; next: (count: number) => Promise<void>; release: (question?: string) => void } {
  const asked: string[] = [];
  const releases = new Map<string, () => void>();
  let [wanted, reached] = [Infinity, deferred()];
  bedrock.replyAlways(async (request) => {
    const { promise, resolve } = deferred();
    asked.push(questionOf(request));
    releases.set(questionOf(request), resolve);
    if (asked.length >= wanted) reached.resolve();
    await promise;
    return `Answer to ${questionOf(request)}`;
  });
  return {
    asked,
    next: (count) => {
      [wanted, reached] = [count, deferred()];
      if (asked.length >= wanted) reached.resolve();
      return reached.promise;
    },
    release: (question) => {
      for (const [name, resolve] of releases) if (question === undefined || question === name) resolve();
    },
  };
}

describe("results", () => {
  test("are messages as invoke gives them, under their ids, each asked once", async () => {
    const results = await collect(run(["Hello", { id: "mine", input: [new HumanMessage("And you?")] }]));
    expect(textsOf(results)).toEqual({ R0000000000: "You said: Hello", mine: "You said: And you?" });
    const invoked = await ourModel(bedrock).invoke("Hello");
    const { message } = results.find(({ id }) => id === "R0000000000")!;
    expect(message).toBeInstanceOf(AIMessage);
    const same = ({ content, usage_metadata, tool_calls, response_metadata }: AIMessage): object => ({ content, usage_metadata, tool_calls, members: Object.keys(response_metadata).sort() });
    expect(same(message!)).toEqual(same(invoked as unknown as AIMessage));
    expect(timesAsked(bedrock)).toEqual({ Hello: 2, "And you?": 1 });
  });

  test("of a model that streams are messages, too", async () => {
    const batch = new BedrockBatch({ model: ourModel(bedrock, { streaming: true }) });
    const [result] = await collect(batch.runLocally(["Hello"]));
    expect(result?.message).toBeInstanceOf(AIMessage);
    expect(result?.message).toMatchObject({ content: "You said: Hello", usage_metadata: { output_tokens: expect.any(Number) as unknown } });
    expect(bedrock.requests[0]?.operation).toBe("converse-stream");
  });

  test("come when they are there", async () => {
    const held = hold();
    const results = run(questions(2), { maxConcurrency: 2 });
    const first = results.next();
    await held.next(2);
    held.release("Question 1");
    expect((await first).value).toMatchObject({ id: "R0000000001" });
    held.release();
    expect((await results.next()).value).toMatchObject({ id: "R0000000000" });
    expect((await results.next()).done).toBe(true);
  });

  test("come in the order of the inputs with inOrder", async () => {
    const held = hold();
    const all = collect(run(questions(3), { maxConcurrency: 3, inOrder: true }));
    await held.next(3);
    held.release("Question 2");
    await bedrock.requests.find((request) => questionOf(request) === "Question 2")!.closed;
    held.release("Question 1");
    await bedrock.requests.find((request) => questionOf(request) === "Question 1")!.closed;
    held.release();
    expect((await all).map(({ id }) => id)).toEqual(["R0000000000", "R0000000001", "R0000000002"]);
  });

  test("have the object of their answers, where the batch has a schema, and no object is an error", async () => {
    bedrock.reply('{"kind":true}', "I do not know.", '{"kind":"very"}');
    const batch = new BedrockBatch({ model: ourModel(bedrock), schema: z.object({ kind: z.boolean(), sure: z.boolean().default(false) }) });
    const results = await collect(batch.runLocally(questions(3), { maxConcurrency: 1 }));
    expect(results.map(({ message, error: failure, ...others }) => [message?.text, failure?.name, others])).toEqual([
      ['{"kind":true}', undefined, { id: "R0000000000", output: { kind: true, sure: false } }],
      [undefined, expect.any(String), { id: "R0000000001" }],
      [undefined, expect.any(String), { id: "R0000000002" }],
    ]);
    expect(bedrock.requests[0]?.body.outputConfig).toMatchObject({ textFormat: { type: "json_schema", structure: { jsonSchema: { schema: expect.stringContaining("kind") as unknown } } } });
  });

  test("of no inputs are none, and nothing is asked", async () => {
    expect(await collect(run([]))).toEqual([]);
    expect(bedrock.connections).toBe(0);
  });
});

describe("inputs", () => {
  test("are read when they can be asked, one ahead, and no more are asked at once than may be", async () => {
    const held = hold();
    let read = 0;
    function* inputs(): Generator<string> {
      for (const question of questions(10)) {
        read++;
        yield question;
      }
    }
    const all = collect(run(inputs(), { maxConcurrency: 3 }));
    await held.next(3);
    expect({ read, asked: held.asked.length }).toEqual({ read: 4, asked: 3 });
    held.release("Question 0");
    await held.next(4);
    expect({ read, asked: held.asked.length }).toEqual({ read: 5, asked: 4 });
    const answers = setInterval(() => held.release(), 0);
    expect(await all).toHaveLength(10);
    clearInterval(answers);
  });

  test("wait for a reader that is slow", async () => {
    let read = 0;
    function* inputs(): Generator<string> {
      for (const question of questions(1_000)) {
        read++;
        yield question;
      }
    }
    const enough = deferred();
    bedrock.replyAlways(() => {
      if (bedrock.requests.length === 67) enough.resolve();
      return "Yes.";
    });
    const results = run(inputs(), { maxConcurrency: 2 });
    await results.next();
    // One result was read; 2 + 64 may wait.
    await enough.promise;
    for (let call = 0; call < 5; call++) await ourModel(bedrock).invoke("Something else");
    expect({ read, asked: bedrock.requests.length }).toEqual({ read: 67, asked: 67 + 5 });
    await results.return(undefined);
  });

  test("may depend on results", async () => {
    let tell: (text: string) => void = () => undefined;
    async function* inputs(): AsyncGenerator<string> {
      yield "1";
      for (let count = 0; count < 3; count++) yield `${await new Promise<string>((resolve) => (tell = resolve))}!`;
    }
    const said: string[] = [];
    bedrock.replyAlways(({ body }) => `${String(body.messages?.[0]?.content[0]?.["text"])}`);
    for await (const { message } of run(inputs(), { maxConcurrency: 1 })) {
      said.push(message!.text);
      tell(message!.text);
    }
    expect(said).toEqual(["1", "1!", "1!!", "1!!!"]);
  });

  test("that throw end the loop with what they threw, after the results of those before", async () => {
    const failure = new Error("no more");
    function* inputs(): Generator<string> {
      yield* questions(3);
      throw failure;
    }
    const got: string[] = [];
    const thrown = await rejection(
      (async () => {
        for await (const { id } of run(inputs())) got.push(id);
      })(),
    );
    expect(thrown).toBe(failure);
    expect(got.sort()).toEqual(["R0000000000", "R0000000001", "R0000000002"]);
  });

  test("an id that comes twice ends the loop with one sentence", async () => {
    const { message } = await rejection(collect(run([{ id: "a", input: "1" }, { id: "a", input: "2" }])));
    expect(message).toBe('BedrockBatch: two inputs have the id "a"; the second is input 1, counted from 0.');
  });
});

describe("options", () => {
  test.each<[string, object, string]>([
    ["one that is none", { concurrency: 3 }, "BedrockBatch.runLocally has no option 'concurrency'. Its options are maxConcurrency, checkpoint, inOrder, signal, onProgress."],
    ["no requests at once", { maxConcurrency: 0 }, "BedrockBatch.runLocally: maxConcurrency must be a whole number of at least 1, but it is 0."],
    ["a checkpoint that is no path", { checkpoint: true }, "BedrockBatch.runLocally: checkpoint must be the path of a file, but it is true."],
    ["a signal that is none", { signal: new AbortController() }, "BedrockBatch.runLocally: signal must be an AbortSignal, but it is of type object."],
  ])("%s is refused before anything is asked", (_what, options, sentence) => {
    expect(() => run(["Hello"], options)).toThrow(new Error(sentence));
  });

  test("onProgress is told of each result, with tokens", async () => {
    const progress: LocalProgress[] = [];
    bedrock.reply({ content: "One", usage: { inputTokens: 10, outputTokens: 1, totalTokens: 11 } }, { content: "Two", usage: { inputTokens: 20, outputTokens: 2, totalTokens: 22 } }, error("ValidationException", "No."));
    await collect(run(questions(3), { maxConcurrency: 1, onProgress: (told) => progress.push(told) }));
    expect(progress.map(({ active: _, ...told }) => told)).toEqual([
      { done: 1, total: 3, fromCheckpoint: 0, failed: 0, inputTokens: 10, outputTokens: 1 },
      { done: 2, total: 3, fromCheckpoint: 0, failed: 0, inputTokens: 30, outputTokens: 3 },
      { done: 3, total: 3, fromCheckpoint: 0, failed: 1, inputTokens: 30, outputTokens: 3 },
    ]);
  });

  test("what onProgress throws ends the loop", async () => {
    const failure = new Error("no progress");
    const onProgress = (): never => {
      throw failure;
    };
    expect(await rejection(collect(run(["Hello"], { onProgress })))).toBe(failure);
  });
});

describe("failures", () => {
  test("are results, as invoke throws them, and the others are answered", async () => {
    bedrock.replyAlways((request) => {
      const question = questionOf(request);
      if (question === "Question 1") return error("ValidationException", "No.");
      if (question === "Question 2") return error("InternalServerException", "Broken.");
      return "Yes.";
    });
    const results = await collect(run(questions(4)));
    expect(textsOf(results)).toEqual({ R0000000000: "Yes.", R0000000001: "ValidationException", R0000000002: "InternalServerException", R0000000003: "Yes." });
    expect(results.find(({ id }) => id === "R0000000001")?.error).toMatchObject({ message: "No.", $fault: "client", $metadata: { httpStatusCode: 400 } });
  });

  test("of the conversion are results, too: nothing is sent for them", async () => {
    const wrong = { role: "user", content: [{ type: "image_url", image_url: { url: "gopher://nowhere" } }] };
    const results = await collect(run(["Hello", [wrong]], { inOrder: true }));
    expect(results.map(({ message }) => message?.text)).toEqual(["You said: Hello", undefined]);
    expect(results[1]?.error).toBeInstanceOf(Error);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("throttling is waited for, and no result", async () => {
    const progress: LocalProgress[] = [];
    const throttled = withHeaders(throttling(), { "retry-after": "0" });
    bedrock.reply(throttled, throttled, throttled);
    const results = await collect(run(questions(5), { maxConcurrency: 2, onProgress: (told) => progress.push(told) }));
    expect(Object.values(textsOf(results)).sort()).toEqual(questions(5).map((question) => `You said: ${question}`));
    expect(bedrock.requests).toHaveLength(8);
    expect(progress.some(({ pausedUntil }) => pausedUntil !== undefined)).toBe(true);
    expect(progress.at(-1)).toMatchObject({ done: 5, failed: 0 });
  });

  test("throttling that does not end becomes a result, and the loop ends when nothing can be asked any more", async () => {
    bedrock.replyAlways(withHeaders(throttling("Too many tokens per day."), { "retry-after": "0" }));
    const got: BatchResult[] = [];
    const thrown = await rejection<Error>(
      (async () => {
        for await (const result of run(questions(100), { maxConcurrency: 1 })) got.push(result);
      })(),
    );
    expect(thrown.message).toBe("BedrockBatch: the run has ended, because 10 inputs in a row could not be asked. The last: Too many tokens per day.");
    expect(thrown.cause).toMatchObject({ name: "ThrottlingException" });
    expect(got.map(({ error: failure }) => failure?.name)).toEqual(Array.from({ length: 9 }, () => "ThrottlingException"));
    expect(Math.max(...Object.values(timesAsked(bedrock)))).toBe(6);
  });

  test("credentials that are refused end the loop soon", async () => {
    bedrock.replyAlways(error("AccessDeniedException", "You don't have access to the model with the specified model ID."));
    const thrown = await rejection<Error>(collect(run(questions(1_000), { maxConcurrency: 4 })));
    expect(thrown.message).toMatch(/^BedrockBatch: the run has ended, because 10 inputs in a row could not be asked\. The last: You don't have access/);
    expect(bedrock.requests.length).toBeLessThan(30);
  });

  test("a broken connection in the midst is overcome", async () => {
    bedrock.replyAlways((request) => (questionOf(request) === "Question 3" && timesAsked(bedrock)["Question 3"] === 1 ? reset() : "Yes."));
    jest.useFakeTimers({ doNotFake: ["Date", "hrtime", "nextTick", "performance", "queueMicrotask", "setImmediate", "clearImmediate", "setInterval", "clearInterval"] });
    const onProgress = ({ pausedUntil }: LocalProgress): void => void (pausedUntil && setImmediate(() => jest.advanceTimersByTime(1_000)));
    const results = await collect(run(questions(6), { maxConcurrency: 2, onProgress }));
    jest.useRealTimers();
    expect(new Set(Object.values(textsOf(results)))).toEqual(new Set(["Yes."]));
    expect(timesAsked(bedrock)["Question 3"]).toBe(2);
  });

  test("an endpoint that is not there ends the loop with the error of the connection, at once", async () => {
    await bedrock.close();
    const thrown = await rejection<Error & { code: string }>(collect(run(questions(1_000))));
    expect(thrown.code).toBe("ECONNREFUSED");
  });

  test("without a region the loop ends with one sentence", async () => {
    const { region: _, ...connection } = bedrock.connection;
    const model = new ChatBedrockConverse({ ...connection, profile: "of-nobody", configFilepath: "/nonexistent", filepath: "/nonexistent" });
    const thrown = await rejection(collect(new BedrockBatch({ model }).runLocally(questions(100))));
    expect(thrown.message).toMatch(/^No AWS region was found\./);
  });

  test("a credentials function that throws ends the loop with what it threw", async () => {
    const failure = new Error("no credentials today");
    const credentials = async (): Promise<never> => {
      throw failure;
    };
    expect(await rejection(collect(new BedrockBatch({ model: ourModel(bedrock, { credentials }) }).runLocally(questions(100))))).toBe(failure);
    expect(bedrock.requests).toHaveLength(0);
  });
});

describe("ending", () => {
  test("the signal's reason is thrown, requests under way are stopped, and no more are sent", async () => {
    const held = hold();
    const reason = new Error("enough");
    const controller = new AbortController();
    const all = rejection(collect(run(questions(100), { maxConcurrency: 3, signal: controller.signal })));
    await held.next(3);
    controller.abort(reason);
    expect(await all).toBe(reason);
    await Promise.all(bedrock.requests.map(({ closed }) => closed));
    expect(bedrock.requests.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  test("a signal that has fired already ends the loop before anything is done", async () => {
    const reason = new Error("never");
    expect(await rejection(collect(run(["Hello"], { signal: AbortSignal.abort(reason) })))).toBe(reason);
    expect(bedrock.connections).toBe(0);
  });

  test("the signal ends a loop that waits for its next input", async () => {
    async function* inputs(): AsyncGenerator<string> {
      yield "Hello";
      await new Promise(() => undefined);
    }
    const controller = new AbortController();
    const reason = new Error("enough");
    const thrown = rejection(
      (async () => {
        for await (const { id } of run(inputs(), { signal: controller.signal })) if (id === "R0000000000") controller.abort(reason);
      })(),
    );
    expect(await thrown).toBe(reason);
  });

  test("leaving the loop stops the requests under way, and lets the inputs end", async () => {
    const held = hold();
    let hasEnded = false;
    function* inputs(): Generator<string> {
      try {
        yield* questions(100);
      } finally {
        hasEnded = true;
      }
    }
    const results = run(inputs(), { maxConcurrency: 3 });
    const first = results.next();
    await held.next(3);
    held.release("Question 0");
    await first;
    await held.next(4);
    await results.return(undefined);
    expect(hasEnded).toBe(true);
    await Promise.all(bedrock.requests.map(({ closed }) => closed));
    expect(bedrock.requests.filter(({ aborted }) => !aborted).map(questionOf)).toEqual(["Question 0"]);
    expect(bedrock.requests).toHaveLength(4);
  });

  test("a loop that never begins asks nothing", async () => {
    await run(questions(3)).return(undefined);
    expect(bedrock.connections).toBe(0);
  });
});
