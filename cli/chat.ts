import { createInterface } from "node:readline";
import type { BaseMessage, UsageMetadata } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseInput } from "langchain-aws-native";
import { type Command, type Given, UsageError } from "./command.js";
import { errorText } from "./error_text.js";

type Name = "model" | "region" | "profile" | "endpoint-url" | "system" | "max-tokens" | "json";

/** `chat`: a conversation with a model, streamed. */
export const chat: Command<Name> = {
  name: "chat",
  summary: "A conversation with a model in the terminal.",
  details: [
    "Credentials come from the usual AWS places. Each line is a question; /quit, Ctrl-D or Ctrl-C at the prompt end the conversation, and Ctrl-C",
    "during an answer ends the answer. Questions can be piped in: echo Hello | langchain-aws-native chat",
  ].join("\n"),
  options: {
    model: { value: "id", help: "model id, inference profile id or ARN; Claude Haiku 4.5 by default" },
    region: { value: "name", help: "AWS region; else AWS_REGION, AWS_DEFAULT_REGION, the profile's" },
    profile: { value: "name", help: "a profile of ~/.aws" },
    "endpoint-url": { value: "url", help: "another endpoint, such as that of `mock`" },
    system: { value: "text", help: "the system prompt" },
    "max-tokens": { value: "number", help: "how long an answer may be" },
    json: { help: "print one JSON object a turn instead of text" },
  },
  run,
};

/** The result of one turn. */
interface Turn {
  text: string;
  usage?: UsageMetadata;
  /** Milliseconds from the question to the first piece of the answer. */
  timeToFirstToken?: number;
  /** Milliseconds from the question to the end of the answer. */
  duration: number;
  stopReason?: string;
}

async function run(given: Given<Name>): Promise<void> {
  // The addon is loaded by the commands that need it only.
  const [{ ChatBedrockConverse }, { AIMessage, HumanMessage, SystemMessage }] = await Promise.all([
    import("langchain-aws-native"),
    import("@langchain/core/messages"),
  ]);
  const model = new ChatBedrockConverse(optionsOf(given));
  const history: BaseMessage[] = typeof given.system === "string" ? [new SystemMessage(given.system)] : [];
  const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const lines = createInterface({ input: process.stdin, output: isTerminal ? process.stdout : undefined, prompt: colour("1", "> ") });
  let answer: AbortController | undefined;
  const interrupt = (): void => (answer === undefined ? lines.close() : answer.abort());
  lines.on("SIGINT", interrupt);
  process.on("SIGINT", interrupt);
  const prompt = (): void => {
    if (isTerminal) lines.prompt();
  };

  prompt();
  for await (const line of lines) {
    const question = line.trim();
    if (question === "/quit") break;
    if (question !== "") {
      answer = new AbortController();
      const asked = [...history, new HumanMessage(question)];
      try {
        const turn = await ask(model, asked, answer.signal, given.json ? () => undefined : print);
        history.splice(0, history.length, ...asked, new AIMessage(turn.text));
        print(given.json ? `${JSON.stringify(turn)}\n` : `\n${colour("2", summaryOf(turn))}\n`);
      } catch (error) {
        // A question without a complete answer is removed from the conversation.
        if (answer.signal.aborted) process.stderr.write(`\n${colour("2", "(stopped)")}\n`);
        else process.stderr.write(`${colour("31", errorText(error))}\n`);
        if (!isTerminal && !answer.signal.aborted) process.exitCode = 1;
      }
      answer = undefined;
    }
    prompt();
  }
  lines.close();
  process.off("SIGINT", interrupt);
  model.close();
}

async function ask(model: ChatBedrockConverse, messages: BaseMessage[], signal: AbortSignal, show: (text: string) => void): Promise<Turn> {
  const start = performance.now();
  const turn: Turn = { text: "", duration: 0 };
  for await (const chunk of await model.stream(messages, { signal })) {
    if (chunk.text) turn.timeToFirstToken ??= Math.round(performance.now() - start);
    turn.text += chunk.text;
    turn.usage = chunk.usage_metadata ?? turn.usage;
    turn.stopReason = (chunk.response_metadata["stopReason"] as string | undefined) ?? turn.stopReason;
    show(chunk.text);
  }
  turn.duration = Math.round(performance.now() - start);
  return turn;
}

function optionsOf(given: Given<Name>): ChatBedrockConverseInput {
  const { model, region, profile, "endpoint-url": endpointUrl, "max-tokens": maxTokens } = given as Partial<Record<Name, string>>;
  if (maxTokens !== undefined && !/^[1-9]\d*$/.test(maxTokens)) throw new UsageError(`--max-tokens takes a whole number, not ${maxTokens}.`);
  return { model, region, profile, endpointUrl, maxTokens: maxTokens === undefined ? undefined : Number(maxTokens) };
}

function summaryOf({ usage, timeToFirstToken, duration, stopReason }: Turn): string {
  const tokens = usage ? [`${usage.input_tokens} tokens in, ${usage.output_tokens} out`] : [];
  const first = timeToFirstToken === undefined ? [] : [`first after ${timeToFirstToken} ms`];
  const reason = stopReason === undefined || stopReason === "end_turn" ? [] : [`stopped by ${stopReason}`];
  return `[${[...tokens, ...first, `${duration} ms`, ...reason].join("; ")}]`;
}

/** Colours are used on terminals, unless NO_COLOR is set. */
function colour(code: string, text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? `\u001B[${code}m${text}\u001B[0m` : text;
}

function print(text: string): void {
  process.stdout.write(text);
}
