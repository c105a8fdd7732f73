import { Pace, type Permit } from "../../langchain/batch/pace.js";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Takes permits until there is none, and gives those that were had. */
async function takeAll(pace: Pace, most: number): Promise<Permit[]> {
  const permits: Permit[] = [];
  for (let count = 0; count < most; count++) void pace.acquire().then((permit) => permits.push(permit), () => undefined);
  await settle();
  return permits;
}

/** Lets all promises that can settle do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test("gives so many permits, and one more for each that comes back", async () => {
  const pace = new Pace(3);
  const permits = await takeAll(pace, 5);
  expect(permits).toHaveLength(3);
  pace.release();
  await settle();
  expect(permits).toHaveLength(4);
});

test("a throttled request pauses all, and halves the number; refusals of what was sent before say nothing more", async () => {
  const pace = new Pace(8);
  const permits = await takeAll(pace, 100);
  expect(permits).toHaveLength(8);
  expect(permits.map((permit) => pace.slow(permit))).toEqual([true, ...Array.from({ length: 7 }, () => false)]);
  for (let count = 0; count < 8; count++) pace.release();
  expect(pace.active).toBe(0);
  expect(pace.pausedUntil).toBe(Date.now() + 1_000);
  jest.advanceTimersByTime(999);
  await settle();
  expect(pace.active).toBe(0);
  jest.advanceTimersByTime(1);
  await settle();
  expect([pace.active, pace.pausedUntil]).toEqual([4, undefined]);
});

test("each pause without an answer is twice as long, up to a minute; an answer begins anew", async () => {
  const pace = new Pace(1);
  const pauses: number[] = [];
  const pause = async (retryAfter?: number): Promise<void> => {
    const permit = pace.acquire();
    await settle();
    pace.slow(await permit, retryAfter);
    pace.release();
    pauses.push(pace.pausedUntil! - Date.now());
    jest.runAllTimers();
  };
  for (let count = 0; count < 8; count++) await pause();
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  pace.quicken();
  await pause();
  await pause(5_000);
  await pause(3_600_000);
  expect(pauses.slice(8)).toEqual([1_000, 5_000, 60_000]);
});

test("answers raise the number again, up to what it was", async () => {
  const pace = new Pace(8);
  const [permit] = await takeAll(pace, 1_000);
  pace.slow(permit!);
  jest.runAllTimers();
  const after = (answers: number): number => {
    for (let count = 0; count < answers; count++) {
      pace.quicken();
      pace.release();
    }
    return pace.active;
  };
  for (let count = 0; count < 4; count++) pace.release();
  expect(pace.active).toBe(4);
  expect(after(4)).toBe(4);
  expect(after(1)).toBe(5);
  expect(after(100)).toBe(8);
});

test("what is sent once more comes first", async () => {
  const pace = new Pace(1);
  await pace.acquire();
  const order: string[] = [];
  void pace.acquire().then(() => order.push("new"));
  void pace.acquire(true).then(() => order.push("again"));
  pace.release();
  await settle();
  pace.release();
  await settle();
  expect(order).toEqual(["again", "new"]);
});

test("stopped, it refuses all that wait, and will, and no timer is left", async () => {
  const pace = new Pace(1);
  const permit = await pace.acquire();
  const waiting = pace.acquire();
  pace.slow(permit);
  const reason = new Error("stopped");
  pace.stop(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(pace.acquire()).rejects.toBe(reason);
  expect(jest.getTimerCount()).toBe(0);
});
