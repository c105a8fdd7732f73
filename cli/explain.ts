import { readFileSync } from "node:fs";
import { type Command, type Given, UsageError } from "./command.js";
import { type FileMessage, messagesOfFile } from "./stored_messages.js";

type Name = "file" | "model" | "application-inference-profile" | "region" | "endpoint-url";

/** `explain`: the dry run of a request. */
export const explain: Command<Name> = {
  name: "explain",
  summary: "The request that a conversation would become, what was changed in it, and what is known of the model. Nothing is sent.",
  details: [
    "The file is JSON: a list of messages, or an object with the member `messages` and the options of the call beside it, such as `tools` and",
    "`temperature`. Messages are what `invoke` takes, [\"human\", \"Hello\"] or { \"role\": \"user\", \"content\": \"Hello\" }, or messages as LangChain stores them.",
    "Prints the JSON of `model.explainRequest`.",
  ].join("\n"),
  options: {
    file: { place: "required", help: "the file, or - for standard input" },
    model: { value: "id", help: "model id, inference profile id or ARN; Claude Haiku 4.5 by default" },
    "application-inference-profile": { value: "arn", help: "an ARN that is called instead; the rules are those of --model" },
    region: { value: "name", help: "AWS region; else AWS_REGION, AWS_DEFAULT_REGION" },
    "endpoint-url": { value: "url", help: "another endpoint" },
  },
  run,
};

/** The content of the file. */
interface Conversation {
  messages: FileMessage[];
  [option: string]: unknown;
}

async function run(given: Given<Name>): Promise<void> {
  const { file = "", model, "application-inference-profile": applicationInferenceProfile, region, "endpoint-url": endpointUrl } = given as Partial<Record<Name, string>>;
  const { messages, ...options } = read(file);
  // The addon is loaded by the commands that need it only.
  const { ChatBedrockConverse } = await import("langchain-aws-native");
  const input = await messagesOfFile(messages);
  const explanation = await new ChatBedrockConverse({ model, applicationInferenceProfile, region, endpointUrl }).explainRequest(input, options);
  process.stdout.write(`${JSON.stringify(explanation, null, 2)}\n`);
}

function read(file: string): Conversation {
  const content = parse(file);
  const conversation = (Array.isArray(content) ? { messages: content } : content) as Partial<Conversation> | null;
  if (!Array.isArray(conversation?.messages)) throw new UsageError(`${file}: A list of messages is needed, or an object with the member messages.`);
  return conversation as Conversation;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(error instanceof SyntaxError ? `${file}: This is not JSON: ${message}.` : `${file} cannot be read: ${message}.`);
  }
}
