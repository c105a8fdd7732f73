import { AsyncLocalStorage } from "node:async_hooks";
import type { ChatBedrockConverse, ChatBedrockConverseInput } from "langchain-aws-native";
import { slow, startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { MODEL, ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";

/** What the AsyncLocalStorage of a caller has is there wherever its own code runs, while many calls are under way. */

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock({ bearerToken: "made-up" });
  // Answers arrive in other orders than the questions, and all at once with others.
  bedrock.replyAlways(({ rawBody }) => slow("One two three four five six.", { head: rawBody.length % 7, pace: 1 }));
});
afterEach(() => bedrock.close());

const CALLS = 20;
const storage = new AsyncLocalStorage<number>();

/** Makes so many calls at once, each in a context of its own, and expects that all places saw their own: `see(place)` notes where it is called. */
async function expectOwnContext(places: string[], call: (see: (place: string) => void, number: number) => Promise<unknown>): Promise<void> {
  const seen = await Promise.all(
    Array.from({ length: CALLS }, (_, number) =>
      storage.run(number, async () => {
        const contexts: Record<string, Set<number | undefined>> = {};
        await call((place) => void (contexts[place] ??= new Set()).add(storage.getStore()), number);
        return contexts;
      }),
    ),
  );
  const expected = Array.from({ length: CALLS }, (_, number) => Object.fromEntries(places.map((place) => [place, new Set([number])])));
  expect(seen).toEqual(expected);
}

const callbacks = (see: (place: string) => void): object[] => [
  {
    handleChatModelStart: () => see("start"),
    handleLLMNewToken: () => see("token"),
    handleLLMEnd: () => see("end"),
    handleLLMError: () => see("error"),
    // Core runs callbacks in a queue otherwise, where all are in the context of whoever began it.
    awaitHandlers: true,
  },
];

describe.each<[string, (bedrock: Bedrock, fields?: ChatBedrockConverseInput) => ChatBedrockConverse]>([
  ["by the addon", ourModel],
  ["by AWS's client", ourModelByClient],
])("%s", (_way, make) => {
  test("callbacks and what follows an invoke", () => {
    const model = make(bedrock);
    return expectOwnContext(["start", "end", "after"], async (see) => {
      await model.invoke("Hello", { callbacks: callbacks(see) });
      see("after");
    });
  });

  test("callbacks and the body of for await", () => {
    const model = make(bedrock);
    return expectOwnContext(["start", "token", "body", "end", "after"], async (see) => {
      for await (const _chunk of await model.stream("Hello", { callbacks: callbacks(see) })) see("body");
      see("after");
    });
  });

  test.each([{ version: "v2" as const }, {}])("the body of for await over events, %j", (version) => {
    const model = make(bedrock);
    return expectOwnContext(["body", "after"], async (see) => {
      for await (const _event of model.streamEvents("Hello", version as { version: "v2" })) see("body");
      see("after");
    });
  });

  test("an invoke that streams", () => {
    const model = make(bedrock, { streaming: true });
    return expectOwnContext(["start", "token", "end", "after"], async (see) => {
      await model.invoke("Hello", { callbacks: callbacks(see) });
      see("after");
    });
  });

  test("failures", () => {
    bedrock.replyAlways(throttling());
    const model = make(bedrock);
    return expectOwnContext(["start", "error", "after"], async (see) => {
      await rejection(model.invoke("Hello", { callbacks: callbacks(see) }));
      see("after");
    });
  });

  test("a model's function of a bearer token", () => {
    const asked: (number | undefined)[] = [];
    const { endpointUrl, region } = bedrock.connection;
    const bedrockBearerToken = async (): Promise<string> => {
      asked.push(storage.getStore());
      return "made-up";
    };
    const model = make(bedrock, { endpointUrl, region, credentials: undefined, model: MODEL, bedrockBearerToken });
    return expectOwnContext(["after"], async (see) => {
      await model.invoke("Hello");
      see("after");
    }).then(() => expect(asked).not.toContain(undefined));
  });

  test("a model's function of credentials is called in the context of a call that waits for it", async () => {
    const asked: (number | undefined)[] = [];
    const { credentials } = bedrock.connection;
    const model = make(bedrock, {
      bedrockBearerToken: undefined,
      credentials: async () => {
        asked.push(storage.getStore());
        // So soon that they are asked for again.
        return { ...credentials, expiration: new Date(Date.now() + 5_000) };
      },
    });
    await storage.run(-1, () => model.invoke("Hello"));
    expect(new Set(asked)).toEqual(new Set([-1]));
    asked.length = 0;
    await storage.run(-2, () => model.invoke("Hello"));
    expect(new Set(asked)).toEqual(new Set([-2]));
    asked.length = 0;
    await expectOwnContext(["after"], async (see) => {
      for await (const _chunk of await model.stream("Hello"));
      see("after");
    });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((number) => number === undefined || number < 0)).toEqual([]);
  });
});

test("a call's own functions of credentials and of a bearer token", () => {
  const { credentials } = bedrock.connection;
  const model = ourModel(bedrock);
  return expectOwnContext(["secret", "after"], async (see, number) => {
    const secret = number % 2 === 0 ? { credentials: async () => (see("secret"), { ...credentials }) } : { bedrockBearerToken: async () => (see("secret"), "made-up") };
    if (number % 4 < 2) await model.invoke("Hello", secret);
    else for await (const _chunk of await model.stream("Hello", secret));
    see("after");
  });
});
