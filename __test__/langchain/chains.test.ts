import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate, MessagesPlaceholder } from "@langchain/core/prompts";
import { RunnableLambda, RunnableParallel, RunnablePassthrough } from "@langchain/core/runnables";
import { startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect } from "../support/streams.js";
import { askWithTools, expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, runTools, TOOL_CALL, WEATHER } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const translate = ChatPromptTemplate.fromMessages([
  ["system", "Translate from {from} to {to}."],
  ["human", "{text}"],
]);

describe("prompt.pipe(model).pipe(new StringOutputParser())", () => {
  const input = { from: "English", to: "French", text: "I love programming." };
  const wire = {
    system: [{ text: "Translate from English to French." }],
    messages: [{ role: "user", content: [{ text: "I love programming." }] }],
  };

  test("invoke gives the text", async () => {
    const chain = translate.pipe(ourModel(bedrock)).pipe(new StringOutputParser());
    expect(await chain.invoke(input)).toBe("J'adore la programmation.");
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse"]);
    expect(bedrock.requests[0]?.body).toEqual(wire);
  });

  test("stream gives its pieces", async () => {
    const chain = translate.pipe(ourModel(bedrock)).pipe(new StringOutputParser());
    const pieces = await collect(await chain.stream(input));
    expect(pieces.join("")).toBe("J'adore la programmation.");
    expect(pieces.filter((piece) => piece !== "").length).toBeGreaterThan(1);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream"]);
    expect(bedrock.requests[0]?.body).toEqual(wire);
  });

  test("goes through a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const prompt = ChatPromptTemplate.fromMessages([["human", "{question}"], new MessagesPlaceholder("steps")]);
    const ask = prompt.pipe(ourModel(bedrock).bindTools([getWeather]));
    const steps = RunnableLambda.from(async (input: { question: string }) => {
      const call = await ask.invoke({ ...input, steps: [] });
      return [call, ...(await runTools(call))];
    });
    const chain = RunnablePassthrough.assign({ steps }).pipe(ask).pipe(new StringOutputParser());
    expect(await chain.invoke({ question: QUESTION })).toBe(FINAL_TEXT);
    expectRoundTrip(bedrock);
  });

  test("joins the texts of several blocks", async () => {
    bedrock.replyAlways([{ text: "One. " }, { text: "Two." }]);
    const chain = ourModel(bedrock).pipe(new StringOutputParser());
    expect(await chain.invoke("Count.")).toBe("One. Two.");
    expect((await collect(await chain.stream("Count."))).join("")).toBe("One. Two.");
  });
});

describe("batch", () => {
  const echo = "You said: ";

  test.each([undefined, 1, 2, 10])("gives the answers in the order of the questions, maxConcurrency %s", async (maxConcurrency) => {
    const questions = ["first", "second", "third", "fourth"];
    const answers = await ourModel(bedrock).batch(questions, { maxConcurrency });
    expect(answers.map(({ text }) => text)).toEqual(questions.map((question) => echo + question));
    expect(bedrock.requests.map(({ body }) => body.messages?.[0]?.content[0]?.text).sort()).toEqual([...questions].sort());
  });

  test("takes options for each question", async () => {
    await ourModel(bedrock).batch(["a", "b"], [{ maxTokens: 1 }, { stop: ["b"] }]);
    const configs = bedrock.requests.map(({ body }) => [body.messages?.[0]?.content[0]?.text, body.inferenceConfig]);
    expect(Object.fromEntries(configs)).toEqual({ a: { maxTokens: 1 }, b: { stopSequences: ["b"] } });
  });

  test("gives errors in the places of the answers with returnExceptions", async () => {
    bedrock.replyAlways(({ body }) => (body.messages?.[0]?.content[0]?.text === "bad" ? throttling("Slow down.") : "good"));
    const [first, second, third] = await ourModel(bedrock).batch(["good", "bad", "good"], {}, { returnExceptions: true });
    expect(first).toMatchObject({ content: "good" });
    expect(second).toMatchObject({ name: "ThrottlingException", message: expect.stringContaining("Slow down.") });
    expect(third).toMatchObject({ content: "good" });
  });

  test("goes through a whole tool round trip for each question", async () => {
    bedrock.replyAlways((request) => (request.body.messages?.length === 1 ? TOOL_CALL : finalAnswer));
    const model = ourModel(bedrock).bindTools([getWeather]);
    const agent = RunnableLambda.from(async (question: string) => {
      const call = await model.invoke(question);
      return model.invoke([new HumanMessage(question), call, ...(await runTools(call))]);
    });
    const answers = await agent.batch([QUESTION, QUESTION], { maxConcurrency: 1 });
    expect(answers.map(({ text }) => text)).toEqual([FINAL_TEXT, FINAL_TEXT]);
    expectRoundTrip(bedrock, 0);
    expectRoundTrip(bedrock, 2);
  });
});

describe("composition", () => {
  test("RunnableParallel asks one model two questions", async () => {
    const model = ourModel(bedrock);
    const parser = new StringOutputParser();
    const chain = RunnableParallel.from({
      first: ChatPromptTemplate.fromTemplate("first {topic}").pipe(model).pipe(parser),
      second: ChatPromptTemplate.fromTemplate("second {topic}").pipe(model).pipe(parser),
    });
    expect(await chain.invoke({ topic: "cat" })).toEqual({ first: "You said: first cat", second: "You said: second cat" });
  });

  test("withConfig binds call options, and a call's own beat them", async () => {
    const model = ourModel(bedrock, { maxTokens: 10, temperature: 0.5 }).withConfig({ maxTokens: 20, stop: ["END"] });
    await model.invoke("one");
    await model.invoke("two", { maxTokens: 30 });
    await collect(await model.pipe(new StringOutputParser()).stream("three"));
    expect(bedrock.requests.map(({ body }) => body.inferenceConfig)).toEqual([
      { maxTokens: 20, temperature: 0.5, stopSequences: ["END"] },
      { maxTokens: 30, temperature: 0.5, stopSequences: ["END"] },
      { maxTokens: 20, temperature: 0.5, stopSequences: ["END"] },
    ]);
  });

  test("withConfig can bind tools", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const model = ourModel(bedrock).withConfig({ tools: [getWeather], tool_choice: "auto" });
    const answer = await askWithTools((messages) => model.invoke(messages));
    expect(answer.text).toContain(WEATHER);
    expectRoundTrip(bedrock);
    expect(bedrock.requests.map(({ body }) => body.toolConfig?.toolChoice)).toEqual([{ auto: {} }, { auto: {} }]);
  });
});
