import { type Clock, RateLimiter, type Reservation } from "../../langchain/connection/rate_limiter.js";
import { SlidingWindow } from "../../langchain/connection/sliding_window.js";
import { rejection } from "../support/rejection.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** A slot more than a minute: what was used at the end of a slot leaves with it. */
const WINDOW = MINUTE + 100;

/** A clock that stands until it is moved. */
class MovedClock implements Clock {
  time = 5 * MINUTE;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  setTimer(callback: () => void, delay: number): () => void {
    const timer = { at: this.time + delay, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((it) => it !== timer));
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Fires each timer at its time, and lets what it started go on. */
  async move(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((it) => it !== next);
      this.time = next.at;
      next.callback();
      await settled();
    }
    this.time = until;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await undefined;
}

const forEver = (turn: Promise<Reservation>): Promise<Reservation> => turn;

/** Reserves as a call does, and sends at once. */
async function send(limiter: RateLimiter, tokens = 0, until = forEver, onSend = (): void => undefined): Promise<Reservation> {
  const reservation = limiter.tryReserve(tokens) ?? (await limiter.reserve(tokens, until));
  reservation.begin();
  onSend();
  return reservation;
}

let clock: MovedClock;
beforeEach(() => {
  clock = new MovedClock();
});

describe("a window", () => {
  test("forgets what is a minute old, and tells when", () => {
    const window = new SlidingWindow();
    window.add(3, clock.now());
    clock.time += 30 * SECOND;
    window.add(4, clock.now());
    expect(window.used(clock.now())).toBe(7);
    expect(window.timeUntil(6, clock.now())).toBe(30 * SECOND + 100);
    expect(window.timeUntil(3, clock.now())).toBe(MINUTE + 100);
    expect(window.timeUntil(7, clock.now())).toBe(0);
    clock.time += 30 * SECOND + 100;
    expect(window.used(clock.now())).toBe(4);
    clock.time += 10 * MINUTE;
    expect(window.used(clock.now())).toBe(0);
  });

  test("takes a correction for as long as it remembers", () => {
    const window = new SlidingWindow();
    const slot = window.add(10, clock.now());
    clock.time += 50 * SECOND;
    window.change(slot, -6, clock.now());
    expect(window.used(clock.now())).toBe(4);
    clock.time += 20 * SECOND;
    window.change(slot, -4, clock.now());
    expect(window.used(clock.now())).toBe(0);
  });

  test("is exact for random uses, against a list of them", () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const window = new SlidingWindow();
    const uses: { slot: number; amount: number }[] = [];
    for (let step = 0; step < 600; step++) {
      clock.time += random(3000);
      const amount = random(50);
      window.add(amount, clock.now());
      uses.push({ slot: Math.floor(clock.time / 100), amount });
      const inWindow = uses.filter(({ slot }) => slot > Math.floor(clock.time / 100) - 601).reduce((sum, use) => sum + use.amount, 0);
      expect(window.used(clock.now())).toBe(inWindow);
      const most = random(1500);
      const wait = window.timeUntil(most, clock.now());
      const left = (at: number): number => uses.filter(({ slot }) => slot > Math.floor(at / 100) - 601).reduce((sum, use) => sum + use.amount, 0);
      expect(left(clock.time + wait)).toBeLessThanOrEqual(most);
      if (wait > 0) expect(left(clock.time + wait - 1)).toBeGreaterThan(most);
      uses.splice(0, uses.length - 1000);
    }
  });
});

describe("requests per minute", () => {
  test("so many are let through at once, the others in their order when a minute is over", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 2 }, clock);
    const sent: number[] = [];
    const calls = [0, 1, 2, 3, 4].map((index) => send(limiter).then(() => void sent.push(index)));
    await settled();
    expect(sent).toEqual([0, 1]);
    await clock.move(MINUTE - 1);
    expect(sent).toEqual([0, 1]);
    await clock.move(101);
    expect(sent).toEqual([0, 1, 2, 3]);
    await clock.move(WINDOW);
    expect(sent).toEqual([0, 1, 2, 3, 4]);
    await Promise.all(calls);
    expect(clock.pending).toBe(0);
  });

  test("a call tells how long it waited", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 1 }, clock);
    expect((await send(limiter)).waited).toBe(0);
    clock.time += 20 * SECOND;
    const waiting = send(limiter);
    await clock.move(MINUTE);
    expect((await waiting).waited).toBe(40 * SECOND + 100);
  });

  test("no minute has more, however calls come", async () => {
    let seed = 11;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const limiter = new RateLimiter({ requestsPerMinute: 20, tokensPerMinute: 1000 }, clock);
    const sent: { at: number; tokens: number; index: number }[] = [];
    const calls: Promise<unknown>[] = [];
    for (let index = 0; index < 400; index++) {
      const tokens = random(200);
      calls.push(send(limiter, tokens, forEver, () => void sent.push({ at: clock.time, tokens, index })));
      await clock.move(random(4) === 0 ? random(30 * SECOND) : random(SECOND));
    }
    await clock.move(60 * MINUTE);
    await Promise.all(calls);
    expect(sent.map(({ index }) => index)).toEqual(Array.from({ length: 400 }, (_, index) => index));
    for (const { at } of sent) {
      const minute = sent.filter((it) => it.at >= at && it.at < at + MINUTE);
      expect(minute.length).toBeLessThanOrEqual(20);
      expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(1000);
    }
  });

  test("a call that was let through counts from when it is sent, and until then, too", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 1 }, clock);
    const held = limiter.tryReserve(0);
    const second = send(limiter);
    await clock.move(10 * MINUTE);
    // Nothing tells when the first will be sent.
    expect(clock.pending).toBe(0);
    held?.begin();
    expect(clock.pending).toBe(1);
    await clock.move(MINUTE);
    expect(clock.pending).toBe(1);
    await clock.move(100);
    expect((await second).waited).toBe(11 * MINUTE + 100);
  });

  test("one that is never sent gives its place to the next", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 1 }, clock);
    const held = limiter.tryReserve(0);
    const second = send(limiter);
    held?.release();
    expect((await second).waited).toBe(0);
  });

  test("attempts after the first count when they are over", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 3 }, clock);
    (await send(limiter)).settle({ attempts: 3, isThrottled: false, tokens: undefined });
    expect(limiter.tryReserve(0)).toBeUndefined();
    await clock.move(WINDOW);
    expect(limiter.tryReserve(0)).toBeDefined();
  });
});

describe("tokens per minute", () => {
  test("what an answer did not use lets the next call through at once", async () => {
    const limiter = new RateLimiter({ tokensPerMinute: 1000 }, clock);
    const first = await send(limiter, 900);
    const second = send(limiter, 500);
    await settled();
    expect(clock.pending).toBe(1);
    first.settle({ attempts: 1, isThrottled: false, tokens: 100 });
    expect((await second).waited).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test("what it used beyond is counted, from the end of the call on", async () => {
    const limiter = new RateLimiter({ tokensPerMinute: 1000 }, clock);
    const first = await send(limiter, 100);
    clock.time += 50 * SECOND;
    first.settle({ attempts: 1, isThrottled: false, tokens: 1000 });
    const second = send(limiter, 200);
    await clock.move(30 * SECOND);
    await clock.move(MINUTE);
    expect((await second).waited).toBe(MINUTE + 100);
  });

  test("what is not known stays as it was assumed; what was refused is given back", async () => {
    const limiter = new RateLimiter({ tokensPerMinute: 1000 }, clock);
    const first = await send(limiter, 1000);
    first.settle({ attempts: 1, isThrottled: false, tokens: undefined });
    expect(limiter.tryReserve(1)).toBeUndefined();
    await clock.move(WINDOW);
    const second = await send(limiter, 1000);
    second.settle({ attempts: 0, isThrottled: false, tokens: 0 });
    expect(limiter.tryReserve(1000)).toBeDefined();
  });

  test("a request that is larger than the limit has a minute for itself", async () => {
    const limiter = new RateLimiter({ tokensPerMinute: 1000 }, clock);
    await send(limiter, 10);
    const order: string[] = [];
    const large = send(limiter, 5000).then(() => void order.push("large"));
    const small = send(limiter, 10).then(() => void order.push("small"));
    await clock.move(MINUTE - 1);
    expect(order).toEqual([]);
    await clock.move(101);
    expect(order).toEqual(["large"]);
    await clock.move(WINDOW);
    expect(order).toEqual(["large", "small"]);
    await Promise.all([large, small]);
  });
});

describe("a call that is given up while it waits", () => {
  const reason = new Error("Enough.");

  test("leaves the queue, and those behind it go on", async () => {
    const limiter = new RateLimiter({ tokensPerMinute: 1000 }, clock);
    await send(limiter, 800);
    let giveUp: (error: Error) => void = () => undefined;
    const givenUp = send(limiter, 500, (turn) => Promise.race([turn, new Promise<never>((_resolve, reject) => (giveUp = reject))]));
    const next = send(limiter, 100);
    giveUp(reason);
    expect(await rejection(givenUp)).toBe(reason);
    expect((await next).waited).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test("gives back the turn that comes in the same moment", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 1 }, clock);
    const held = limiter.tryReserve(0);
    const givenUp = send(limiter, 0, async (turn) => {
      await turn;
      throw reason;
    });
    held?.release();
    expect(await rejection(givenUp)).toBe(reason);
    expect(limiter.tryReserve(0)).toBeDefined();
  });
});

describe("throttling", () => {
  const throttled = { attempts: 1, isThrottled: true, tokens: 0 };
  /** How many calls are let through now. */
  const room = (limiter: RateLimiter): number => {
    const reserved: Reservation[] = [];
    for (let reservation = limiter.tryReserve(0); reservation !== undefined; reservation = limiter.tryReserve(0)) reserved.push(reservation);
    for (const reservation of reserved) reservation.release();
    return reserved.length;
  };

  test("lowers the limit by three tenths, which come back by a tenth of the limit in a minute", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 100 }, clock);
    (await send(limiter)).settle(throttled);
    expect(room(limiter)).toBe(69);
    await clock.move(WINDOW);
    expect(room(limiter)).toBe(80);
    await clock.move(3 * MINUTE);
    expect(room(limiter)).toBe(100);
  });

  test("of many calls that were sent together lowers it once", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 100 }, clock);
    const calls = await Promise.all(Array.from({ length: 20 }, () => send(limiter)));
    clock.time += SECOND;
    for (const call of calls) call.settle(throttled);
    expect(room(limiter)).toBe(50);
    clock.time += SECOND;
    const later = await send(limiter);
    clock.time += SECOND;
    later.settle(throttled);
    expect(room(limiter)).toBeLessThan(50 - 20);
  });

  test("leaves a tenth, and at least one request", async () => {
    for (const [requestsPerMinute, left] of [[100, 10], [1, 1]] as const) {
      const limiter = new RateLimiter({ requestsPerMinute }, clock);
      for (let call = 0; call < 40; call++) {
        const sent = await send(limiter);
        clock.time += 1;
        sent.settle({ ...throttled, attempts: 0 });
      }
      expect(room(limiter)).toBe(left);
    }
  });

  test("in a retry that succeeded counts, too", async () => {
    const limiter = new RateLimiter({ requestsPerMinute: 100 }, clock);
    (await send(limiter)).settle({ attempts: 2, isThrottled: true, tokens: 10 });
    expect(room(limiter)).toBe(68);
  });
});

test("a limiter is idle once it knows nothing that a new one would not know", async () => {
  const limiter = new RateLimiter({ requestsPerMinute: 10 }, clock);
  expect(limiter.isIdle).toBe(true);
  const call = await send(limiter);
  expect(limiter.isIdle).toBe(false);
  call.settle({ attempts: 1, isThrottled: true, tokens: undefined });
  await clock.move(WINDOW);
  expect(limiter.isIdle).toBe(false);
  await clock.move(3 * MINUTE);
  expect(limiter.isIdle).toBe(true);
});
