import { startBedrock, type Bedrock, type StartBedrockOptions } from "langchain-aws-native/testing";
import { ChatBedrockConverse, type ChatBedrockConverseInput, type ChatFailoverTarget } from "langchain-aws-native";
import { MODEL } from "../support/models.js";

let regions = 0;

/** Endpoints that are targets of one model, which have the same keys. */
export class Targets {
  readonly all: Bedrock[] = [];

  /** Starts so many endpoints, each in a region of its own: the process remembers what it learnt of a target, and a port may come back. */
  async start(count: number, options: StartBedrockOptions = {}): Promise<Bedrock[]> {
    for (let index = 0; index < count; index++) this.all.push(await startBedrock({ region: `us-test-${++regions}`, ...options }));
    return this.all;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.splice(0).map((bedrock) => bedrock.close()));
  }
}

/** What names an endpoint as a target. */
export function target(bedrock: Bedrock, others: ChatFailoverTarget = {}): ChatFailoverTarget {
  return { region: bedrock.region, endpointUrl: bedrock.url, ...others };
}

/** A model whose own target is the first endpoint and whose others are the rest. It retries nothing unless a test says so. */
export function modelOf([first, ...others]: Bedrock[], fields: ChatBedrockConverseInput = {}): ChatBedrockConverse {
  if (first === undefined) throw new Error("A model needs an endpoint.");
  return new ChatBedrockConverse({ model: MODEL, maxRetries: 0, ...first.connection, failover: others.map((bedrock) => target(bedrock)), ...fields });
}

/** How many requests each endpoint got. */
export function counts(endpoints: Bedrock[]): number[] {
  return endpoints.map(({ requests }) => requests.length);
}

/** The metadata of an answer that tests look at. */
export interface Metadata {
  target: { region: string; model: string; endpointUrl?: string };
  warnings?: { code: string; message: string; path: string }[];
  model: string;
  model_name: string;
  headers?: Record<string, string>;
  raw?: unknown;
  $metadata: { attempts: number };
}

/** A delay that no other timer has. Its timers run when the test says so. */
export const HELD = 123_456_789;

/** Holds back the timers of {@link HELD} until `fire` is called; `restore` ends it. */
export function holdTimers(): { fire: () => void; readonly count: number; restore: () => void } {
  const timers = jest.requireActual<typeof import("node:timers")>("node:timers");
  const set = timers.setTimeout;
  const held = new Map<NodeJS.Timeout, () => void>();
  const hold = (callback: () => void): NodeJS.Timeout => {
    const timer = set(() => undefined, HELD).unref();
    held.set(timer, callback);
    return timer;
  };
  const clear = timers.clearTimeout;
  const setting = jest.spyOn(timers, "setTimeout").mockImplementation(((callback: () => void, delay?: number, ...rest: []) => (delay === HELD ? hold(callback) : set(callback, delay, ...rest))) as typeof set);
  const clearing = jest.spyOn(timers, "clearTimeout").mockImplementation((timer) => {
    held.delete(timer as NodeJS.Timeout);
    clear(timer);
  });
  return {
    fire: () => {
      for (const [timer, callback] of [...held]) {
        held.delete(timer);
        clear(timer);
        callback();
      }
    },
    get count() {
      return held.size;
    },
    restore: () => {
      setting.mockRestore();
      clearing.mockRestore();
    },
  };
}

/** Resolves when an endpoint has got so many requests. */
export async function arrival(bedrock: Bedrock, count: number = 1): Promise<void> {
  while (bedrock.requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}
