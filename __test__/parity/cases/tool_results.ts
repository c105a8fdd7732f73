import { aiCalling, human, toolResult, toolTurn } from "../messages.js";
import type { Subject } from "../types.js";

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
    { name: "an error", input: toolTurn(toolResult("No such city.", "call_1", { status: "error" })), options: TOOLS },
    { name: "no text", input: toolTurn(toolResult("")), options: TOOLS },
    { name: "no blocks", input: toolTurn(toolResult([])), options: TOOLS },
    { name: "an empty text among blocks", input: toolTurn(toolResult([text(""), text("22 °C")])), options: TOOLS },
    { name: "an object that is no block", input: toolTurn(toolResult([{ celsius: 22, sky: ["blue"] }])), options: TOOLS },
    { name: "JSON in Bedrock's shape", input: toolTurn(toolResult([{ json: { celsius: 22 } }])), options: TOOLS },
    { name: "JSON in Bedrock's shape, with a type", input: toolTurn(toolResult([{ type: "json", json: { celsius: 22 } }])), options: TOOLS },
    {
      name: "a search result",
      input: toolTurn(toolResult([{ type: "search_result", searchResult: { source: "s", title: "t", content: [{ text: "c" }] } }])),
      options: TOOLS,
    },
    {
      name: "results in another order than the calls",
      input: [human("Hi"), aiCalling("", ["get_weather", { city: "A" }], ["get_weather", { city: "B" }]), toolResult("b", "call_2"), toolResult("a")],
      options: TOOLS,
    },
    { name: "a result with a human message before it", input: [human("Hi"), aiCalling("", ["get_weather", {}]), human("Quick!"), toolResult("x")], options: TOOLS },
  ],
};
