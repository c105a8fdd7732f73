import { load } from "@langchain/core/load";
import {
  type BaseMessage,
  filterMessages,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  mergeMessageRuns,
  RemoveMessage,
  trimMessages,
} from "@langchain/core/messages";
import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import fc from "fast-check";

/** What applications do with a history between two calls: they store it, and make it shorter. What comes out is given to `invoke`. */
export interface Step {
  name: string;
  run: (messages: BaseMessage[]) => BaseMessage[] | Promise<BaseMessage[]>;
  /** What a counterexample shows. */
  [fc.toStringMethod]: () => string;
}

function step(name: string, run: Step["run"]): Step {
  return { name, run, [fc.toStringMethod]: () => name };
}

/** A graph whose state is the conversation. */
const graph = new StateGraph(MessagesAnnotation)
  .addNode("nothing", () => ({}))
  .addEdge(START, "nothing")
  .compile({ checkpointer: new MemorySaver() });
let threads = 0;

/** The messages that the checkpointer gives back, after those at `removed` were removed by their ids. */
async function checkpointed(messages: BaseMessage[], removed: number[] = []): Promise<BaseMessage[]> {
  const config = { configurable: { thread_id: String(threads++) } };
  await graph.updateState(config, { messages });
  const stored = async (): Promise<BaseMessage[]> => ((await graph.getState(config)).values as { messages?: BaseMessage[] }).messages ?? [];
  const kept = await stored();
  const removals = kept.filter((_, index) => removed.includes(index)).map(({ id }) => new RemoveMessage({ id: id ?? "" }));
  if (removals.length === 0) return kept;
  await graph.updateState(config, { messages: removals });
  return stored();
}

/** Nothing is lost by these. */
const STORES: Step[] = [
  step("mapChatMessagesToStoredMessages", (messages) => mapStoredMessagesToChatMessages(JSON.parse(JSON.stringify(mapChatMessagesToStoredMessages(messages))))),
  step("JSON and load", (messages) => load(JSON.stringify(messages))),
  step("JSON", (messages) => JSON.parse(JSON.stringify(messages)) as BaseMessage[]),
  step("structuredClone", (messages) => structuredClone(messages)),
];

const count = (messages: BaseMessage[]): number => messages.length;
const characters = (messages: BaseMessage[]): number => messages.reduce((sum, { content }) => sum + JSON.stringify(content).length, 0);

const trim = fc
  .record({
    strategy: fc.constantFrom("first" as const, "last" as const),
    unit: fc.constantFrom(count, characters),
    share: fc.double({ min: 0.1, max: 1, noNaN: true }),
    allowPartial: fc.boolean(),
    includeSystem: fc.boolean(),
    startOn: fc.constantFrom(undefined, "human" as const, ["human", "tool"] as ("human" | "tool")[]),
    endOn: fc.constantFrom(undefined, "human" as const, ["human", "tool"] as ("human" | "tool")[]),
  })
  .map(({ strategy, unit, share, includeSystem, startOn, ...options }) =>
    step(`trimMessages ${JSON.stringify({ strategy, unit: unit.name, share, includeSystem, startOn, ...options })}`, async (messages) => {
      const maxTokens = Math.ceil(unit(messages) * share);
      const ofLast = strategy === "last" ? { includeSystem, startOn } : {};
      const trimmed = await trimMessages(messages, { strategy, tokenCounter: unit, maxTokens, ...options, ...ofLast });
      // With `includeSystem` LangChain gives `[undefined]` where nothing fits.
      return trimmed.filter((message) => (message as BaseMessage | undefined) !== undefined);
    }),
  );

const filter = fc
  .constantFrom<Parameters<typeof filterMessages>[1]>({ excludeTypes: ["tool"] }, { includeTypes: ["human", "ai"] }, { includeTypes: ["ai", "tool"] }, { excludeIds: ["msg_01", "chatcmpl-1"] }, { excludeTypes: ["system"] })
  .map((options) => step(`filterMessages ${JSON.stringify(options)}`, (messages) => filterMessages(messages, options)));

const remove = fc
  .array(fc.nat(9), { minLength: 1, maxLength: 3 })
  .map((removed) => step(`RemoveMessage ${removed.join()}`, (messages) => checkpointed(messages, removed)));

/** A message replaces an earlier one of its id. */
const checkpoint = fc.constant(step("MemorySaver", (messages) => checkpointed(messages)));

const merge = fc.constant(step("mergeMessageRuns", (messages) => mergeMessageRuns(messages)));

/** A conversation is made shorter, and then stored or not. */
export interface Steps {
  shortened: Step[];
  store: Step | null;
}

export const anySteps: fc.Arbitrary<Steps> = fc.record({
  shortened: fc.array(fc.oneof(trim, trim, filter, remove, merge, checkpoint), { maxLength: 2 }),
  store: fc.option(fc.constantFrom(...STORES)),
});
