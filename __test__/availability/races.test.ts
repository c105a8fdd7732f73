/** Many calls at once over targets that answer, fail, hang and are slow, whose callers give up: whatever happens first, each call ends once and leaves nothing. */
import { hang, reset, throttling, truncated, validation, type Answer } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { collect } from "../support/rejection.js";
import { modelOf, Targets } from "./support.js";

useCleanEnvironment();

const endpoints = new Targets();
afterEach(() => endpoints.close());

/** Numbers from 0 to 1 that are the same in each run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const LIMITS = { failoverAfter: 15, hedge: { after: 3 }, responseTimeout: 401 };
const DELAYS = [LIMITS.failoverAfter, LIMITS.hedge.after, LIMITS.responseTimeout];

/** The timers of calls that are set and have neither run nor been cleared. */
function watchTimers(): { pending: Set<unknown>; restore: () => void } {
  const timers = jest.requireActual<typeof import("node:timers")>("node:timers");
  const { setTimeout: set, clearTimeout: clear } = timers;
  const pending = new Set<unknown>();
  const setting = jest.spyOn(timers, "setTimeout").mockImplementation(((callback: () => void, delay?: number) => {
    const timer: NodeJS.Timeout = set(() => (pending.delete(timer), callback()), delay);
    if (DELAYS.includes(delay ?? -1)) pending.add(timer);
    return timer;
  }) as typeof set);
  const clearing = jest.spyOn(timers, "clearTimeout").mockImplementation((timer) => (pending.delete(timer), clear(timer)));
  return { pending, restore: () => (setting.mockRestore(), clearing.mockRestore()) };
}

test.each([1, 2, 3, 4])("calls with faults, aborts, hedges and limits, seed %i", async (seed) => {
  const random = randomNumbers(seed * 7919);
  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const answers: (() => Answer | Promise<Answer>)[] = [
    () => "An answer.",
    () => "An answer.",
    async () => (await turns(random() * 50), "A later answer."),
    () => throttling(),
    () => reset(),
    () => hang(),
    () => validation(),
    () => truncated("Half an answer.", { afterEvents: Math.floor(random() * 4), abrupt: true }),
  ];
  await endpoints.start(3);
  for (const endpoint of endpoints.all) endpoint.replyAlways(() => answers[Math.floor(random() * answers.length)]!());
  const timers = watchTimers();
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const model = modelOf(endpoints.all, { maxConcurrency: 6, ...LIMITS });
  const outcomes: string[] = [];
  const call = async (index: number): Promise<void> => {
    const controller = new AbortController();
    const reason = new Error("given up");
    if (random() < 0.3) void turns(random() * 100).then(() => controller.abort(reason));
    const { signal } = controller;
    try {
      if (index % 3 === 0) await model.invoke(`Call ${index}`, { signal });
      else if (index % 3 === 1) await collect(model.stream(`Call ${index}`, { signal }));
      else for await (const _chunk of await model.stream(`Call ${index}`, { signal })) if (random() < 0.3) break;
      outcomes.push("answered");
    } catch (error) {
      outcomes.push(error === reason ? "given up" : (error as Error).name);
    }
  };
  await Promise.all(Array.from({ length: 90 }, (_, index) => call(index)));
  expect(outcomes).toHaveLength(90);
  expect(outcomes).toContain("answered");
  // All requests end, also those that lost, and all permits are back: as many calls as there may be run at once.
  await Promise.all(endpoints.all.flatMap(({ requests }) => requests.map(({ closed }) => closed)));
  expect(timers.pending.size).toBe(0);
  timers.restore();
  const arrived = new Set<string>();
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  for (const endpoint of endpoints.all) {
    endpoint.replyAlways(async ({ body }) => {
      if (arrived.add(JSON.stringify(body.messages)).size === 6) open();
      await all;
      return "At once.";
    });
  }
  const texts = await Promise.all(Array.from({ length: 6 }, async (_, index) => (await model.invoke(`Last ${index}`, { responseTimeout: 0 })).text));
  expect(texts).toEqual(Array(6).fill("At once."));
  process.off("unhandledRejection", listener);
  expect(unhandled).toEqual([]);
});
