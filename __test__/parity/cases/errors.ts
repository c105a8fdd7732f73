import {
  corrupt,
  error,
  events,
  html,
  reset,
  status,
  text,
  throttling,
  truncated,
  validation,
  type ErrorName,
  type StreamEvent,
} from "langchain-aws-native/testing";
import { error as differentError } from "../marks.js";
import type { Case, Subject } from "../types.js";

const WORDS =
  "Failures of the network, of a proxy and of damaged answers are told in words of their own, with what the endpoint said, instead of the SDK's parser's.";
const BROKEN = "A stream that breaks off or is damaged throws an `IncompleteStreamError`.";
const TOO_LONG = "An input that is too long throws LangChain's `ContextOverflowError`, by which middleware can tell that it has to be made shorter.";
const NEW = "Exceptions in a stream that are new are named and told like the known ones, and all say whose `$fault` they are.";

const ERRORS: ErrorName[] = [
  "AccessDeniedException",
  "ConflictException",
  "InternalServerException",
  "ModelErrorException",
  "ModelNotReadyException",
  "ModelTimeoutException",
  "ResourceNotFoundException",
  "ServiceQuotaExceededException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "UnrecognizedClientException",
  "ValidationException",
];
const EXCEPTIONS = [
  "internalServerException",
  "modelStreamErrorException",
  "serviceUnavailableException",
  "throttlingException",
  "validationException",
];
const BEGUN: StreamEvent[] = [{ messageStart: { role: "assistant" } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Blu" } } }];

const SPARKLE = { name: "SparkleException", message: "Too many sparks.", $fault: "client" };
const UNREADABLE = { message: "The answer could not be read: end of file before message length reached." };
const BROKEN_OFF = {
  name: "IncompleteStreamError",
  message: "The answer is incomplete. The connection broke: unexpected EOF during chunk size line.",
};
const DAMAGED = {
  name: "IncompleteStreamError",
  message: "The answer is incomplete. An event is corrupt: message checksum 0x7E87DD5A didn't match expected checksum 0x8187DD5A.",
};

const refusals: Case[] = ERRORS.map((name) => ({ name, answer: error(name, `This is a ${name}.`) }));
const exceptions: Case[] = EXCEPTIONS.map((name) => ({
  name: `${name} in a stream`,
  answer: events([...BEGUN, { [name]: { message: "It broke." } }]),
}));

export const errors: Subject = {
  subject: "errors",
  cases: [
    ...refusals,
    ...exceptions,
    { name: "a throttling with Bedrock's words", answer: throttling() },
    {
      name: "an input that is too long",
      answer: validation("Input is too long for requested model."),
      differs: differentError(TOO_LONG, { name: "ContextOverflowError" }),
    },
    {
      name: "an exception that is new",
      answer: events([...BEGUN, { sparkleException: { message: "Too many sparks." } }]),
      differs: differentError(NEW, { stream: SPARKLE, events: SPARKLE }),
    },
    {
      name: "an error event that the API does not know",
      answer: events([...BEGUN, { ":message-type": "error", ":error-code": "InternalError", ":error-message": "It broke.", payload: "" }]),
      differs: differentError(NEW, { invoke: UNREADABLE, stream: { $fault: "client" }, events: { $fault: "client" } }),
    },
    {
      name: "a page of HTML",
      answer: html(502),
      differs: differentError(WORDS, {
        name: "UnknownError",
        message:
          "HTTP status 502: <html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>",
        $fault: "server",
      }),
    },
    {
      name: "a status without a body",
      answer: status(503),
      differs: differentError(WORDS, { name: "UnknownError", message: "The endpoint answered with HTTP status 503 and no text." }),
    },
    {
      name: "a connection that is reset",
      answer: reset(),
      differs: differentError(WORDS, "Could not reach Bedrock: ECONNRESET: Connection reset by peer (os error 104)"),
    },
    {
      name: "a connection that breaks off",
      answer: truncated(text("Blue light scatters more."), { abrupt: true }),
      differs: [differentError(WORDS, { invoke: UNREADABLE }), differentError(BROKEN, { stream: BROKEN_OFF, events: BROKEN_OFF })],
    },
    {
      name: "a checksum that is wrong",
      answer: corrupt(events([...BEGUN, { messageStop: { stopReason: "end_turn" } }]), { event: 1 }),
      differs: [
        differentError(WORDS, {
          invoke: { message: "The answer could not be read: it is no JSON object." },
        }),
        differentError(BROKEN, { stream: DAMAGED, events: DAMAGED }),
      ],
    },
  ],
};
