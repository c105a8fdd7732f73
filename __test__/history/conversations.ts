import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { anyText } from "../parity/blocks.js";
import { humanContent, type SaidContent, toolContent } from "./dialects.js";
import { messageOf, PROVIDER_MESSAGES, type ProviderMessage } from "./provider_messages.js";

/** One message of a conversation, to be made anew for each call. */
export type Said =
  | { by: "system"; content: SaidContent }
  | { by: "human"; content: SaidContent }
  | { by: "tool"; content: SaidContent; id: string; status?: "success" | "error" }
  | { by: "ai"; message: ProviderMessage; edit?: (message: AIMessage) => void };

/** The ids of the calls that a message has, also of those whose arguments could not be read. */
function idsOf(message: ProviderMessage): string[] {
  const { tool_calls = [], invalid_tool_calls = [] } = messageOf(message);
  return [...tool_calls, ...invalid_tool_calls].flatMap(({ id }) => (id === undefined ? [] : [id]));
}

const human = humanContent.map((content): Said => ({ by: "human", content }));
const system = anyText.map((content): Said => ({ by: "system", content }));
const status = fc.constantFrom(undefined, undefined, "success" as const, "error" as const);

/** An answer of any provider, and the results of its calls. */
const answer: fc.Arbitrary<Said[]> = fc
  .tuple(fc.constantFrom(...PROVIDER_MESSAGES), toolContent, toolContent, status)
  .map(([message, first, other, status]) => [
    { by: "ai", message },
    ...idsOf(message).map((id, index): Said => ({ by: "tool", id, content: index === 0 ? first : other, status })),
  ]);

/** A human asks, models answer and call tools, and then a human goes on. */
export const anyConversation: fc.Arbitrary<Said[]> = fc
  .tuple(fc.array(system, { maxLength: 1 }), fc.array(fc.tuple(human, fc.array(answer, { minLength: 1, maxLength: 2 })), { minLength: 1, maxLength: 3 }), human)
  .map(([first, rounds, last]) => [...first, ...rounds.flatMap(([question, answers]) => [question, ...answers.flat()]), last]);

type Mutation = (history: Said[], place: number) => Said[];

function edited(edit: (message: AIMessage) => void): Mutation {
  return (history, place) => history.map((said, index) => (index === place && said.by === "ai" ? { ...said, edit } : said));
}

/** What happens to histories; callers edit calls of a message and not the blocks of its content. */
const MUTATIONS: Mutation[] = [
  (history, place) => history.filter((_, index) => index !== place),
  (history, place) => history.flatMap((said, index) => (index === place ? [said, said] : [said])),
  (history, place) => [...history.slice(0, place), ...history.slice(place + 1, place + 2), ...history.slice(place, place + 1), ...history.slice(place + 2)],
  (history, place) => [...history.slice(0, place), { by: "human", content: "Wait." }, ...history.slice(place)],
  (history, place) => history.map((said, index) => (index === place && said.by === "tool" ? { ...said, id: "unheard-of" } : said)),
  (history, place) => history.slice(place),
  (history, place) => history.slice(0, place + 1),
  edited((message) => message.tool_calls?.forEach((call) => (call.id = "same"))),
  edited((message) => message.tool_calls?.forEach((call) => (call.args = [1] as never))),
  edited((message) => (message.tool_calls = message.tool_calls?.slice(1))),
  edited((message) => (message.tool_calls = [...(message.tool_calls ?? []), { id: "by_hand", name: "weather", args: { city: "Brno" }, type: "tool_call" }])),
  edited((message) => (message.response_metadata = {})),
  edited((message) => (message.content = "")),
];

const mutations = fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.nat(12)), { maxLength: 3 });

/** A conversation to which some such things have happened. */
export const mutatedConversation: fc.Arbitrary<Said[]> = fc
  .tuple(anyConversation, mutations)
  .map(([history, mutations]) => mutations.reduce((mutated, [mutate, place]) => mutate(mutated, place), history));

export function messagesOf(history: Said[]): BaseMessage[] {
  return history.map((said) => {
    switch (said.by) {
      case "system":
        return new SystemMessage({ content: said.content as string });
      case "human":
        return new HumanMessage({ content: said.content as string });
      case "tool":
        return new ToolMessage({ content: said.content as string, tool_call_id: said.id, status: said.status });
      case "ai": {
        // A chunk has its calls in pieces too, and stores keep only these.
        const message = messageOf(said.edit === undefined ? said.message : { ...said.message, class: "AIMessage" });
        said.edit?.(message);
        return message;
      }
    }
  });
}
