import { defaultAnswer } from "../../testing/default_answer.js";
import type { JsonObject, RequestBody } from "../../testing/index.js";
import { requestOf } from "./support.js";

function answerTo(question: string, body: RequestBody = {}): unknown {
  return defaultAnswer(requestOf({ messages: [{ role: "user", content: [{ text: question }] }], ...body }));
}

function toolSpec(name: string, description: string, properties: JsonObject = {}): JsonObject {
  return { toolSpec: { name, description, inputSchema: { json: { type: "object", properties, required: Object.keys(properties) } } } };
}

const WEATHER = toolSpec("get_weather", "Get the current weather in a city", { city: { type: "string" } });
const SEARCH = toolSpec("searchDocuments", "Looks up pages of the handbook", { query: { type: "string" } });

describe("text", () => {
  test("the example of LangChain's documentation is translated", () => {
    const system = [{ text: "You are a helpful assistant that translates English to French. Translate the user sentence." }];
    expect(answerTo("I love programming.", { system })).toBe("J'adore la programmation.");
    expect(answerTo("I love programming.")).toBe("You said: I love programming.");
  });

  test("anything else is said back", () => {
    expect(answerTo("Hello")).toBe("You said: Hello");
    expect(defaultAnswer(requestOf({}))).toBe("I am a local stand-in for Amazon Bedrock.");
  });

  test("a requested JSON schema gets a value that fits", () => {
    const schema = JSON.stringify({ type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"] });
    const outputConfig = { textFormat: { type: "json_schema", structure: { jsonSchema: { schema } } } };
    expect(answerTo("Alice is 30 years old.", { outputConfig })).toBe('{"name":"Alice","age":30}');
  });
});

describe("tools", () => {
  test.each([
    ["What's the weather in San Francisco?", "get_weather", { city: "San Francisco" }],
    ["What do the documents say of holidays?", "searchDocuments", { query: "What do the documents say of holidays?" }],
  ])("%s calls %s", (question, name, input) => {
    expect(answerTo(question, { toolConfig: { tools: [SEARCH, WEATHER] } })).toEqual([{ toolUse: { name, input } }]);
  });

  test("a question that has nothing to do with a tool is answered in words", () => {
    expect(answerTo("What is your name?", { toolConfig: { tools: [SEARCH, WEATHER] } })).toBe("You said: What is your name?");
  });

  test("questions without spaces between words find their tool too", () => {
    const tools = [SEARCH, toolSpec("weather", "查询城市天气")];
    expect(answerTo("北京今天天气怎么样？", { toolConfig: { tools } })).toEqual([{ toolUse: { name: "weather", input: {} } }]);
  });

  test("a demanded tool is called whatever the question", () => {
    const any = answerTo("Hello", { toolConfig: { tools: [WEATHER, SEARCH], toolChoice: { any: {} } } });
    expect(any).toEqual([{ toolUse: { name: "get_weather", input: { city: "Hello" } } }]);
    const named = answerTo("Hello", { toolConfig: { tools: [WEATHER, SEARCH], toolChoice: { tool: { name: "searchDocuments" } } } });
    expect(named).toEqual([{ toolUse: { name: "searchDocuments", input: { query: "Hello" } } }]);
  });

  test("a result is put into words, even when a tool is demanded", () => {
    const results = [
      { toolResult: { toolUseId: "1", content: [{ text: "sunny" }] } },
      { toolResult: { toolUseId: "2", content: [{ json: { degrees: 21 } }] } },
    ];
    const messages = [
      { role: "user", content: [{ text: "What's the weather in Paris?" }] },
      { role: "assistant", content: [{ toolUse: { toolUseId: "1", name: "get_weather", input: {} } }] },
      { role: "user", content: results },
    ];
    const answer = answerTo("", { messages, toolConfig: { tools: [WEATHER], toolChoice: { any: {} } } });
    expect(answer).toBe('Here is what I found: sunny, {"degrees":21}');
  });

  test("a further question after a result may call a tool again", () => {
    const messages = [
      { role: "user", content: [{ toolResult: { toolUseId: "1", content: [{ text: "sunny" }] } }] },
      { role: "assistant", content: [{ text: "It is sunny." }] },
      { role: "user", content: [{ text: "And the weather in Rome?" }] },
    ];
    expect(answerTo("", { messages, toolConfig: { tools: [WEATHER] } })).toEqual([{ toolUse: { name: "get_weather", input: { city: "Rome" } } }]);
  });
});
