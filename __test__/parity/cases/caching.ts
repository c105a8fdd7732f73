import { asked, request } from "../marks.js";
import { bytes, human, PDF, system, toolResult, toolTurn } from "../messages.js";
import type { Subject } from "../types.js";

const FOUR = "`cache_control` adds cache points only up to the four that Bedrock accepts; your own come first.";
const ORDERED =
  "A cache point of five minutes in front of one of an hour is raised to an hour, since Bedrock refuses that order; writing it then costs what an hour costs.";
const MARKERS = "Anthropic's `cache_control` markers on blocks become cache points, so that what they ask for is cached.";

const SHORT = "A prompt that is too short for the model's cache gets no cache points by `cache_control`: a warning says so, where Bedrock says nothing.";

/** It caches 1,024 tokens at least, which a short prompt with what Bedrock adds to it may have; Haiku 4.5 caches 4,096. */
const SONNET = { model: "anthropic.claude-sonnet-4-5-20250929-v1:0" };
const NOVA = { model: "amazon.nova-lite-v1:0" };
const TOOL = { toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } };
const POINT = { cachePoint: { type: "default" } };
const HOUR = { cachePoint: { type: "default", ttl: "1h" } };
const EPHEMERAL = { cache_control: { type: "ephemeral" } };
const text = (value: string): object => ({ type: "text", text: value });

export const caching: Subject = {
  subject: "prompt caching",
  cases: [
    { name: "a cache point in a human message", input: [human(text("Hi"), POINT)] },
    { name: "a cache point with a type", input: [human(text("Hi"), { type: "cache_point", ...POINT })] },
    { name: "a cache point with a lifetime", input: [human(text("Hi"), { cachePoint: { type: "default", ttl: "1h" } })] },
    { name: "cache_control of a call", fields: SONNET, options: EPHEMERAL },
    { name: "cache_control of a call, an hour", fields: SONNET, options: { cache_control: { type: "ephemeral", ttl: "1h" } } },
    { name: "cache_control of a call, five minutes", fields: SONNET, options: { cache_control: { type: "ephemeral", ttl: "5m" } } },
    { name: "cache_control of a call whose prompt is too short for the cache", options: EPHEMERAL, differs: request(SHORT, asked({ text: "Why is the sky blue?" })) },
    {
      name: "cache_control of a call with system text and tools",
      fields: SONNET,
      input: [system("Be brief."), human("Hi")],
      options: { ...EPHEMERAL, tools: [TOOL] },
    },
    { name: "cache_control of a call beside cache points of the caller", fields: SONNET, input: [system(text("Be brief."), POINT), human("Hi")], options: EPHEMERAL },
    { name: "cache_control of a call beside a cache point in the last message", input: [human(text("Hi"), POINT)], options: EPHEMERAL },
    { name: "cache_control of a call after a tool result", fields: SONNET, input: toolTurn(toolResult("22 °C")), options: { ...EPHEMERAL, tools: [TOOL] } },
    { name: "cache_control of a call on Nova", fields: NOVA, input: [system("Be brief."), human("Hi")], options: { ...EPHEMERAL, tools: [TOOL] } },
    { name: "cache_control of a call on Nova, an hour", fields: NOVA, options: { cache_control: { type: "ephemeral", ttl: "1h" } } },
    {
      name: "cache_control of a call on Nova after a tool result",
      fields: NOVA,
      input: toolTurn(toolResult("22 °C")),
      options: { ...EPHEMERAL, tools: [TOOL] },
    },
    {
      name: "cache_control of a call with four cache points of the caller",
      input: [system(text("a"), POINT, text("b"), POINT, text("c"), POINT), human(text("d"), POINT, text("e"))],
      options: { ...EPHEMERAL, tools: [TOOL] },
      differs: request(FOUR, {
        ...asked({ text: "d" }, POINT, { text: "e" }),
        system: [{ text: "a" }, POINT, { text: "b" }, POINT, { text: "c" }, POINT],
        toolConfig: { tools: [TOOL] },
      }),
    },
    {
      name: "a cache point of five minutes in front of one of an hour",
      input: [system(text("Be brief."), POINT), human(text("Hi"), { cachePoint: { type: "default", ttl: "1h" } })],
      differs: request(ORDERED, { ...asked({ text: "Hi" }, HOUR), system: [{ text: "Be brief." }, HOUR] }),
    },
    {
      name: "a cache point of an hour in front of one of five minutes",
      input: [system(text("Be brief."), HOUR), human(text("Hi"), POINT)],
    },
    {
      name: "an Anthropic marker on a text",
      input: [human({ ...text("Hi"), ...EPHEMERAL }, text("there"))],
      differs: request(MARKERS, asked({ text: "Hi" }, POINT, { text: "there" })),
    },
    {
      name: "an Anthropic marker on system text",
      input: [system({ ...text("Be brief."), ...EPHEMERAL }), human("Hi")],
      differs: request(MARKERS, { ...asked({ text: "Hi" }), system: [{ text: "Be brief." }, POINT] }),
    },
    {
      name: "a cache point beside a document",
      input: [human({ type: "document", document: { name: "r", format: "pdf", source: { bytes: bytes(PDF) } } }, POINT, text("?"))],
    },
    { name: "a cache point in a tool result", input: toolTurn(toolResult([text("22 °C"), POINT])), options: { tools: [TOOL] } },
  ],
};
