import { assistant, request, user, wireToolResult, wireToolUse } from "../marks.js";
import { aiCalling, human, toolResult, toolTurn } from "../messages.js";
import type { Difference, Subject } from "../types.js";

const STATUS = 'A tool\'s failure (`status: "error"`) is told to the model.';
const NO_OUTPUT =
  'A tool that returned nothing is said to have returned "(no output)", since Bedrock refuses empty results; empty text beside other text is left out.';
const JSON_ONCE = "JSON in Bedrock's shape is sent as it is instead of being wrapped once more.";
const SEARCH = "Search results in a tool's result are sent as such, so that the model can cite them.";
const FIRST = "Tool results come first in their turn, since Bedrock wants them right after the calls.";

/** The whole request, with what the tool returned. */
function returned(why: string, content: object[], members: object = {}): Difference {
  const call = wireToolUse("get_weather", { city: "Paris" });
  const turns = [user({ text: "Weather in Paris?" }), assistant(call), user(wireToolResult(content, "call_1", members))];
  return request(why, { messages: turns, toolConfig: TOOLS });
}

const TOOLS = { tools: [{ toolSpec: { name: "get_weather", inputSchema: { json: { type: "object" } } } }] };
const text = (value: string): object => ({ type: "text", text: value });

export const toolResults: Subject = {
  subject: "tool results",
  cases: [
    { name: "a text", input: toolTurn(toolResult("22 °C")), options: TOOLS },
    { name: "text blocks", input: toolTurn(toolResult([text("22 °C"), text("sunny")])), options: TOOLS },
    { name: "JSON in a text", input: toolTurn(toolResult('{"celsius":22}')), options: TOOLS },
    { name: "an artifact and a name", input: toolTurn(toolResult("22 °C", "call_1", { name: "get_weather", artifact: { x: 1 } })), options: TOOLS },
    { name: "a success", input: toolTurn(toolResult("22 °C", "call_1", { status: "success" })), options: TOOLS },
    {
      name: "an error",
      input: toolTurn(toolResult("No such city.", "call_1", { status: "error" })),
      options: TOOLS,
      differs: returned(STATUS, [{ text: "No such city." }], { status: "error" }),
    },
    { name: "no text", input: toolTurn(toolResult("")), options: TOOLS, differs: returned(NO_OUTPUT, [{ text: "(no output)" }]) },
    { name: "no blocks", input: toolTurn(toolResult([])), options: TOOLS, differs: returned(NO_OUTPUT, [{ text: "(no output)" }]) },
    {
      name: "an empty text among blocks",
      input: toolTurn(toolResult([text(""), text("22 °C")])),
      options: TOOLS,
      differs: returned(NO_OUTPUT, [{ text: "22 °C" }]),
    },
    { name: "an object that is no block", input: toolTurn(toolResult([{ celsius: 22, sky: ["blue"] }])), options: TOOLS },
    {
      name: "JSON in Bedrock's shape",
      input: toolTurn(toolResult([{ json: { celsius: 22 } }])),
      options: TOOLS,
      differs: returned(JSON_ONCE, [{ json: { celsius: 22 } }]),
    },
    {
      name: "JSON in Bedrock's shape, with a type",
      input: toolTurn(toolResult([{ type: "json", json: { celsius: 22 } }])),
      options: TOOLS,
      differs: returned(JSON_ONCE, [{ json: { celsius: 22 } }]),
    },
    {
      name: "a search result",
      input: toolTurn(toolResult([{ type: "search_result", searchResult: { source: "s", title: "t", content: [{ text: "c" }] } }])),
      options: TOOLS,
      differs: returned(SEARCH, [{ searchResult: { source: "s", title: "t", content: [{ text: "c" }] } }]),
    },
    {
      name: "results in another order than the calls",
      input: [human("Hi"), aiCalling("", ["get_weather", { city: "A" }], ["get_weather", { city: "B" }]), toolResult("b", "call_2"), toolResult("a")],
      options: TOOLS,
    },
    {
      name: "a result with a human message before it",
      input: [human("Hi"), aiCalling("", ["get_weather", {}]), human("Quick!"), toolResult("x")],
      options: TOOLS,
      differs: request(FIRST, {
        messages: [user({ text: "Hi" }), assistant(wireToolUse("get_weather", {})), user(wireToolResult([{ text: "x" }]), { text: "Quick!" })],
        toolConfig: TOOLS,
      }),
    },
  ],
};
