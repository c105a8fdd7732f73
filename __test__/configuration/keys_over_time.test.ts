import { error, startBedrock, type Bedrock, type BedrockRequest, type Credentials } from "langchain-aws-native/testing";
import { runToEnd } from "../support/child.js";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { WAYS_TO_ASK } from "../support/ways_to_ask.js";

/**
 * Keys that expire, and clocks that differ. The endpoint's clock is moved: a signature that it refuses for its time tells the core, whose clock then is the
 * endpoint's.
 */

useCleanEnvironment();

const MINUTE = 60_000;
const START = Date.now();
const at = (minutes: number): Date => new Date(START + minutes * MINUTE);
const OLD: Credentials = { accessKeyId: "ASIAOLD", secretAccessKey: "old", sessionToken: "old", expiration: at(60) };
const NEW: Credentials = { accessKeyId: "ASIANEW", secretAccessKey: "new", sessionToken: "new", expiration: at(120) };

/** How far the endpoint's clock is ahead of the machine's, in minutes. */
let ahead = 0;
let bedrock: Bedrock;
beforeEach(async () => {
  ahead = 0;
  bedrock = await startBedrock({ credentials: [OLD, NEW], now: () => new Date(Date.now() + ahead * MINUTE) });
});
afterEach(() => bedrock.close());

const signerOf = ({ headers }: BedrockRequest): string | undefined => /Credential=([^/]+)/.exec(headers["authorization"] ?? "")?.[1];
const isAnswered = ({ response }: BedrockRequest): boolean => response.status === 200;
/** Who signed the requests that were answered. */
const signers = (): (string | undefined)[] => bedrock.requests.filter(isAnswered).map(signerOf);
const refusals = (): (string | undefined)[] => bedrock.requests.filter((request) => !isAnswered(request)).map(({ response }) => response.errorType);

/** A function of credentials that gives the old ones first, and then what `next` says. */
const source = (next: () => Promise<Credentials>) => jest.fn<Promise<Credentials>, []>(next).mockResolvedValueOnce(OLD);

describe("before keys expire", () => {
  test("their function is called in the background, once, and no call waits for it", async () => {
    const next = deferred<Credentials>();
    const credentials = source(() => next.promise);
    const model = ourModel(bedrock, { credentials });
    await model.invoke("Hello");
    ahead = 57;
    for (let call = 0; call < 3; call++) await model.invoke("Hello");
    await Promise.all(Array.from({ length: 10 }, () => model.invoke("Hello")));
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(signers()).toEqual(Array(14).fill("ASIAOLD"));
    next.resolve(NEW);
    // When they have come is for the core to know.
    while (signers().at(-1) === "ASIAOLD") await model.invoke("Hello");
    ahead = 65;
    await model.invoke("Hello");
    expect(signers().at(-1)).toBe("ASIANEW");
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(refusals()).toEqual(["InvalidSignatureException", "InvalidSignatureException"]);
  });

  test("a refresh that fails keeps them; once they have expired, its error is the call's", async () => {
    const thrown = new Error("The vault is closed.");
    const failed = deferred();
    const credentials = source(async () => {
      failed.resolve();
      throw thrown;
    });
    const model = ourModel(bedrock, { credentials });
    await model.invoke("Hello");
    ahead = 57;
    await model.invoke("Hello");
    await failed.promise;
    for (let call = 0; call < 3; call++) await model.invoke("Hello");
    expect(signers()).toEqual(Array(5).fill("ASIAOLD"));
    expect(credentials).toHaveBeenCalledTimes(2);
    ahead = 62;
    expect(await rejection(model.invoke("Hello"))).toBe(thrown);
    credentials.mockResolvedValue(NEW);
    await model.invoke("Hello");
    expect(signers().at(-1)).toBe("ASIANEW");
  });

  test("a function that never resolves holds up no call while they are good, and later ones only within their limits", async () => {
    const credentials = source(() => new Promise(() => undefined));
    const model = ourModel(bedrock, { credentials });
    await model.invoke("Hello");
    ahead = 57;
    for (let call = 0; call < 3; call++) await model.invoke("Hello");
    expect(credentials).toHaveBeenCalledTimes(2);
    ahead = 62;
    const reason = new Error("enough");
    const controller = new AbortController();
    const waiting = model.invoke("Hello", { signal: controller.signal });
    const limited = rejection(model.invoke("Hello", { responseTimeout: 50 }));
    expect(await limited).toMatchObject({ message: expect.stringContaining("timed out after 50 ms") });
    controller.abort(reason);
    expect(await rejection(waiting)).toBe(reason);
    // Nobody waits for it any more: the next call asks again.
    credentials.mockResolvedValue(NEW);
    await model.invoke("Hello");
    expect(signers().at(-1)).toBe("ASIANEW");
  });

  test("many calls at the moment of expiry ask once", async () => {
    const next = deferred<Credentials>();
    const credentials = source(() => next.promise);
    const model = ourModel(bedrock, { credentials });
    await model.invoke("Hello");
    ahead = 62;
    const calls = Array.from({ length: 20 }, () => model.invoke("Hello"));
    next.resolve(NEW);
    await Promise.all(calls);
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(signers()).toEqual(["ASIAOLD", ...Array(20).fill("ASIANEW")]);
  });

  test("a process ends while their function, called in the background, is still at it", async () => {
    bedrock.reply(() => {
      ahead = 57;
      return "One.";
    });
    const program = `
      import { ChatBedrockConverse } from "langchain-aws-native";
      const { expiration, ...keys } = JSON.parse(process.env.KEYS);
      let calls = 0;
      const credentials = () => (++calls === 1 ? Promise.resolve({ ...keys, expiration: new Date(expiration) }) : new Promise(() => console.log("asked again")));
      const model = new ChatBedrockConverse({ ...JSON.parse(process.env.FIELDS), credentials });
      for (let call = 0; call < 2; call++) await model.invoke("Hello");
      while (calls < 2) await model.invoke("Hello");
      console.log("done");`;
    const fields = { model: "anthropic.claude-haiku-4-5-20251001-v1:0", maxRetries: 0, ...bedrock.connection };
    const ending = await runToEnd(program, { environment: { KEYS: JSON.stringify(OLD), FIELDS: JSON.stringify(fields) } });
    expect(ending).toMatchObject({ stdout: "asked again\ndone\n", stderr: "", code: 0 });
  }, 30_000);
});

describe.each([
  ["behind", -90],
  ["ahead", 30],
])("an endpoint whose clock is %s", (_where, minutes) => {
  test.each(WAYS_TO_ASK)("%s: the time is corrected, and the request sent once more", async (_way, connect) => {
    ahead = minutes;
    const credentials = source(() => Promise.reject(new Error("not asked")));
    const ask = connect({ ...bedrock.connection, maxRetries: 0, credentials });
    await ask();
    await ask();
    expect(bedrock.requests.map(({ response }) => response.status)).toEqual([403, 200, 200]);
    expect(credentials).toHaveBeenCalledTimes(1);
  });

  test("keys of an object, and of a call", async () => {
    ahead = minutes;
    const model = ourModel(bedrock, { credentials: OLD as never });
    await model.invoke("Hello");
    await model.invoke("Hello", { credentials: NEW as never });
    expect(refusals()).toHaveLength(1);
    expect(signers()).toEqual(["ASIAOLD", "ASIANEW"]);
  });

  test("HTTP/2, and many calls at once", async () => {
    ahead = minutes;
    const model = ourModel(bedrock, { httpVersion: "2" });
    await Promise.all(Array.from({ length: 10 }, () => model.invoke("Hello")));
    expect(signers()).toHaveLength(10);
    expect(refusals().length).toBeLessThanOrEqual(10);
  });

  test("AWS's client for JavaScript corrects its own, as one of its attempts", async () => {
    ahead = minutes;
    const model = ourModelByClient(bedrock, { maxRetries: 1 });
    await model.invoke("Hello");
    await model.invoke("Hello");
    expect(bedrock.requests.map(({ response }) => response.status)).toEqual([403, 200, 200]);
  });

  test("AWS_DISABLE_CLOCK_SKEW_CORRECTION leaves the time alone", async () => {
    process.env["AWS_DISABLE_CLOCK_SKEW_CORRECTION"] = "true";
    ahead = minutes;
    expect((await rejection(ourModel(bedrock).invoke("Hello"))).name).toBe("InvalidSignatureException");
    expect(bedrock.requests).toHaveLength(1);
  });
});

test("a wrong time and old keys are put right in one call", async () => {
  ahead = 30;
  const credentials = jest.fn<Promise<Credentials>, []>(async () => NEW).mockResolvedValueOnce({ ...OLD, accessKeyId: "ASIAGONE" });
  await ourModel(bedrock, { credentials }).invoke("Hello");
  expect(refusals()).toEqual(["InvalidSignatureException", "UnrecognizedClientException"]);
  expect(signers()).toEqual(["ASIANEW"]);
});

test("a refusal that stays is an error, after two requests", async () => {
  bedrock.replyAlways(error("RequestTimeTooSkewed", "The difference is too large.", 403));
  ahead = 30;
  expect((await rejection(ourModel(bedrock).invoke("Hello"))).name).toBe("RequestTimeTooSkewed");
  expect(bedrock.requests).toHaveLength(2);
});
