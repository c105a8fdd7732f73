import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import {
  GuardrailInterventionError,
  GuardrailRunnable,
  guardrailFindings,
  isGuardrailIntervention,
  type ChatBedrockConverseInput,
  type GuardrailInput,
  type GuardrailRunnableFields,
  type GuardrailSubject,
} from "langchain-aws-native";
import { guardrailIntervention, hang, json, startBedrock, validation, type Bedrock } from "langchain-aws-native/testing";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const guardrailConfig = { guardrailIdentifier: "abc123", guardrailVersion: "1" };
const BLOCKED = { topicPolicy: { topics: [{ name: "weapons", type: "DENY", action: "BLOCKED" }] } };
const MASKED = { sensitiveInformationPolicy: { piiEntities: [{ match: "a@b.c", type: "EMAIL", action: "ANONYMIZED" }], regexes: [] } };
const PNG = "iVBORw0KGgoAAAAN";

const bodies = (): unknown[] => bedrock.requests.map(({ body }) => body);

describe.each([
  ["natively", ourModel, {}],
  ["by AWS's client", ourModelByClient, { clientOptions: { requestHandler: new NodeHttpHandler() } }],
])("%s", (_way, make, byClient) => {
  const model = (fields: ChatBedrockConverseInput = {}): ReturnType<typeof make> => make(bedrock, { guardrailConfig, ...fields });
  const runnable = <Subject extends GuardrailSubject>(source: "INPUT" | "OUTPUT", fields: Partial<GuardrailRunnableFields> = {}): GuardrailRunnable<Subject> =>
    new GuardrailRunnable<Subject>({ ...guardrailConfig, source, maxRetries: 0, ...bedrock.connection, ...byClient, ...fields });

  describe("applyGuardrail", () => {
    test("assesses texts and images of each dialect, and says what was found", async () => {
      bedrock.replyToGuardrails(guardrailIntervention("No.", { assessment: BLOCKED, actionReason: "Blocked." }));
      const content: GuardrailInput = [
        { type: "text", text: "one" },
        { type: "text", text: " " },
        { text: { text: "two", qualifiers: ["grounding_source"] } } as never,
        { type: "image", mimeType: "image/png", data: PNG },
        { type: "image_url", image_url: `data:image/jpeg;base64,${PNG}` },
        { image: { format: "png", source: { bytes: new Uint8Array(Buffer.from(PNG, "base64")) } } } as never,
      ];
      const answer = await model().applyGuardrail(content, { source: "INPUT", outputScope: "FULL" });
      const [{ url, body, operation, modelId } = {} as never] = bedrock.requests;
      expect({ url, operation, modelId }).toEqual({ url: "/guardrail/abc123/version/1/apply", operation: "apply-guardrail", modelId: "abc123" });
      const image = (format: string): object => ({ image: { format, source: { bytes: PNG } } });
      const blocks = [{ text: { text: "one" } }, { text: { text: "two", qualifiers: ["grounding_source"] } }, image("png"), image("jpeg"), image("png")];
      expect(body).toEqual({ source: "INPUT", outputScope: "FULL", content: blocks });
      expect(answer).toMatchObject({ source: "INPUT", action: "GUARDRAIL_INTERVENED", actionReason: "Blocked.", outputs: [{ text: "No." }], assessments: [BLOCKED] });
      expect(answer.guardrailCoverage).toEqual({ textCharacters: { guarded: 6, total: 6 }, images: { guarded: 3, total: 3 } });
      expect(guardrailFindings(answer)).toEqual([{ source: "INPUT", policy: "topicPolicy", name: "weapons", type: "DENY", action: "BLOCKED" }]);
    });

    test("takes the guardrail of the call, by its ARN too", async () => {
      const guardrailIdentifier = "arn:aws:bedrock:us-east-1:123456789012:guardrail/xyz";
      const answer = await model().applyGuardrail("one", { source: "OUTPUT", guardrailConfig: { guardrailIdentifier, guardrailVersion: "DRAFT" } });
      expect(bedrock.requests[0]).toMatchObject({ modelId: guardrailIdentifier, url: `/guardrail/${encodeURIComponent(guardrailIdentifier)}/version/DRAFT/apply` });
      expect(bedrock.requests[0]?.response).toMatchObject({ status: 200 });
      expect([answer.action, guardrailFindings(answer)]).toEqual(["NONE", []]);
    });

    test("of nothing to assess needs no request", async () => {
      expect(await model().applyGuardrail(" ", { source: "INPUT" })).toMatchObject({ action: "NONE", outputs: [], assessments: [] });
      expect(bedrock.requests).toEqual([]);
    });

    test("holds a permit of maxConcurrency, and gives back no more than it holds", async () => {
      const one = model({ maxConcurrency: 1 });
      bedrock.replyToGuardrails(hang());
      const stop = new AbortController();
      const first = rejection(one.applyGuardrail("one", { source: "INPUT", signal: stop.signal }));
      const second = one.applyGuardrail("two", { source: "INPUT" });
      while (bedrock.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      stop.abort(new Error("stopped"));
      expect((await first).message).toBe("stopped");
      expect((await second).action).toBe("NONE");
    });

    test("throws Bedrock's exceptions", async () => {
      bedrock.replyToGuardrails(validation("The guardrail identifier is invalid."));
      expect(await rejection(model().applyGuardrail("one", { source: "INPUT" }))).toMatchObject({ name: "ValidationException", message: "The guardrail identifier is invalid." });
    });

    test.each<[string, GuardrailInput, object, RegExp]>([
      ["a missing source", "a", {}, /^applyGuardrail: pass the option source, "INPUT"/],
      ["a wrong source", "a", { source: "input" }, /^ChatBedrockConverse: source must be "INPUT" or "OUTPUT", but it is a string\.$/],
      ["no version", "a", { source: "INPUT", guardrailConfig: { guardrailIdentifier: "abc" } }, /^applyGuardrail: guardrailConfig\.guardrailVersion is missing/],
      ["a document", ["a", { type: "document", document: { name: "n", format: "pdf", source: { bytes: "AAAA" } } }] as never, { source: "INPUT" }, /^content\[1\]: a guardrail assesses no document blocks/],
      ["a gif", [{ type: "image", mimeType: "image/gif", data: "R0lGODlh" }], { source: "INPUT" }, /^content\[0\]: a guardrail assesses no images of the format gif/],
      ["an image in S3", [{ image: { format: "png", source: { s3Location: { uri: "s3://b/k" } } } }] as never, { source: "INPUT" }, /^content\[0\]: a guardrail assesses no images that are not given as bytes/],
      ["a block of no kind", [{ type: "text", text: "a" }, 1] as never, { source: "INPUT" }, /^content\[1\]: A content block must be a string or an object\.$/],
    ])("refuses %s with a sentence", async (_name, content, options, sentence) => {
      expect((await rejection(model().applyGuardrail(content, options as never))).message).toMatch(sentence);
      expect(bedrock.requests).toEqual([]);
    });
  });

  test("invokeGuardrailChecks scores the texts of messages, tool calls too", async () => {
    const checks = { promptAttack: { categories: [{ category: "JAILBREAK" }] }, sensitiveInformation: { entities: [{ type: "EMAIL" }] } };
    const messages = [
      new SystemMessage("s"),
      new HumanMessage({ content: [{ type: "text", text: "one" }, { type: "text", text: "two" }] }),
      new AIMessage({ content: "", tool_calls: [{ id: "t", name: "f", args: { a: 1 } }] }),
      new ToolMessage({ tool_call_id: "t", content: "r" }),
    ];
    const answer = await model().invokeGuardrailChecks(messages, checks);
    expect(bedrock.requests[0]).toMatchObject({ url: "/guardrail-checks/invoke", operation: "guardrail-checks" });
    const texts = (role: string, ...given: string[]): object => ({ role, content: given.map((text) => ({ text })) });
    expect(bodies()).toEqual([{ checks, messages: [texts("system", "s"), texts("user", "one", "two"), texts("assistant", '{"a":1}'), texts("user", "r")] }]);
    expect(answer.results).toEqual({ promptAttack: { results: [{ category: "JAILBREAK", severityScore: 0 }] }, sensitiveInformation: { results: [] } });
    expect(answer.usage.promptAttack?.textUnits).toBeGreaterThan(0);
  });

  describe("GuardrailRunnable", () => {
    const chain = (): { invoke(question: string): Promise<BaseMessage>; stream(question: string): Promise<AsyncIterable<BaseMessage>> } => {
      const prompt = ChatPromptTemplate.fromMessages([["system", "Be kind."], ["human", "{question}"]]);
      const guarded = prompt.pipe(runnable("INPUT") as never).pipe(new FakeListChatModel({ responses: ["Write to a@b.c."] })).pipe(runnable<AIMessage>("OUTPUT") as never);
      return { invoke: (question) => guarded.invoke({ question }) as Promise<BaseMessage>, stream: (question) => guarded.stream({ question }) as never };
    };

    test("stands before and behind any model, and passes on what is harmless", async () => {
      expect((await chain().invoke("Hello")).text).toBe("Write to a@b.c.");
      expect(bodies()).toEqual([
        { source: "INPUT", content: [{ text: { text: "Hello" } }] },
        { source: "OUTPUT", content: [{ text: { text: "Write to a@b.c." } }] },
      ]);
    });

    test("a stream is passed on when all of it was assessed", async () => {
      bedrock.replyToGuardrails(json({ action: "NONE", outputs: [], assessments: [{}], usage: {} }), guardrailIntervention("Write to {EMAIL}.", { assessment: MASKED }));
      const pieces = await collect(await chain().stream("Hello"));
      expect(pieces.map(({ text }) => text)).toEqual(["Write to {EMAIL}."]);
      expect(guardrailFindings(pieces[0]!)).toMatchObject([{ source: "OUTPUT", guardrailId: "abc123", policy: "sensitiveInformationPolicy", type: "EMAIL" }]);
    });

    test("throws blocked input, with an answer that can be shown and stored, and calls no model", async () => {
      bedrock.replyToGuardrails(guardrailIntervention("No weapons here.", { assessment: BLOCKED }));
      const error = await rejection<GuardrailInterventionError>(chain().invoke("Guns"));
      expect(error).toBeInstanceOf(GuardrailInterventionError);
      expect(error.message).toBe("The guardrail abc123 blocked the input: topicPolicy (DENY weapons).");
      expect(error.intervention.text).toBe("No weapons here.");
      expect(isGuardrailIntervention(error.intervention)).toBe(true);
      expect(guardrailFindings(error.intervention)).toEqual(guardrailFindings(error.answer).map((finding) => ({ ...finding, guardrailId: "abc123" })));
      expect(bedrock.requests).toHaveLength(1);
    });

    test("replaces blocked output by the guardrail's own text", async () => {
      bedrock.replyToGuardrails(guardrailIntervention("No.", { assessment: BLOCKED }));
      const answer = new AIMessage({ id: "a", content: "Guns", tool_calls: [{ id: "t", name: "shoot", args: {} }] });
      const replaced = await runnable<AIMessage>("OUTPUT").invoke(answer);
      expect(replaced).toMatchObject({ id: "a", content: "No.", tool_calls: [] });
      expect(isGuardrailIntervention(replaced)).toBe(true);
      expect(answer.text).toBe("Guns");
    });

    test("of messages, those behind the model's last are assessed; what is masked takes its place", async () => {
      bedrock.replyToGuardrails(guardrailIntervention(["r {EMAIL}", "q {EMAIL}"], { assessment: MASKED }));
      const messages = [
        new HumanMessage("before"),
        new AIMessage({ content: "", tool_calls: [{ id: "t", name: "f", args: {} }] }),
        new ToolMessage({ tool_call_id: "t", content: "r a@b.c" }),
        new HumanMessage({ id: "q", content: [{ type: "text", text: "q a@b.c" }, { type: "image", mimeType: "image/png", data: PNG }] }),
      ];
      const guarded = await runnable<BaseMessage[]>("INPUT").invoke(messages);
      expect(bodies()).toEqual([{ source: "INPUT", content: [{ text: { text: "r a@b.c" } }, { text: { text: "q a@b.c" } }, { image: { format: "png", source: { bytes: PNG } } }] }]);
      expect(guarded.slice(0, 2)).toEqual(messages.slice(0, 2));
      expect(guarded[2]).toMatchObject({ tool_call_id: "t", content: "r {EMAIL}" });
      expect(guarded[3]).toMatchObject({ id: "q", content: [{ type: "text", text: "q {EMAIL}" }, { type: "image" }] });
      expect(messages[2]?.text).toBe("r a@b.c");
    });

    test("masked texts that cannot be told apart are asked for one by one", async () => {
      bedrock.replyToGuardrails(...["both", "one", "two"].map((text) => guardrailIntervention(text, { assessment: MASKED })));
      const guarded = await runnable<BaseMessage[]>("INPUT").invoke([new HumanMessage("a@b.c"), new HumanMessage("d@e.f")]);
      expect(guarded.map(({ text }) => text)).toEqual(["one", "two"]);
    });

    test("system text is the application's own, wherever it stands", async () => {
      bedrock.replyToGuardrails(guardrailIntervention("No.", { assessment: BLOCKED }));
      const guarded = await runnable<BaseMessage[]>("INPUT", { onBlocked: "replace" }).invoke([new HumanMessage("Guns"), new SystemMessage("Be kind.")]);
      expect(bodies()).toEqual([{ source: "INPUT", content: [{ text: { text: "Guns" } }] }]);
      expect(guarded.map(({ type, text }) => [type, text])).toEqual([["human", "No."], ["system", "Be kind."]]);
    });

    test("takes a text, and replaces it where that is wanted", async () => {
      expect(await runnable<string>("INPUT").invoke("Hello")).toBe("Hello");
      bedrock.replyToGuardrails(guardrailIntervention("No.", { assessment: {} }));
      expect(await runnable<string>("INPUT", { onBlocked: "replace" }).invoke("Guns")).toBe("No.");
    });

    test("ends with the signal", async () => {
      bedrock.replyToGuardrails(hang());
      const stop = new AbortController();
      const waiting = rejection(runnable<string>("INPUT").invoke("Hello", { signal: stop.signal }));
      while (bedrock.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      stop.abort(new Error("stopped"));
      expect((await waiting).message).toMatch(/stopped|abort/i);
      expect((await bedrock.requests[0]?.closed.then(() => bedrock.requests[0]))?.aborted).toBe(true);
    });
  });
});

test.each<[Partial<GuardrailRunnableFields>, string]>([
  [{ guardrailIdentifier: undefined as never }, "GuardrailRunnable: pass the option guardrailIdentifier."],
  [{ source: "IN" as never }, 'GuardrailRunnable: source must be "INPUT" or "OUTPUT", but it is a string.'],
  [{ onBlocked: "ignore" as never }, 'GuardrailRunnable: onBlocked must be "throw" or "replace", but it is a string.'],
])("GuardrailRunnable refuses %j", (fields, sentence) => {
  expect(() => new GuardrailRunnable({ ...guardrailConfig, source: "INPUT", ...fields })).toThrow(sentence);
});

test("invokeGuardrailChecks refuses what is no text, and nothing to check", async () => {
  const model = ourModel(bedrock);
  const checks = { contentFilter: { categories: [{ category: "HATE" }] } };
  const image = new HumanMessage({ content: [{ type: "image", mimeType: "image/png", data: PNG }] });
  expect((await rejection(model.invokeGuardrailChecks([image], checks))).message).toBe("messages[0].content[0]: guardrail checks take text only, but this is a block of the type image.");
  expect((await rejection(model.invokeGuardrailChecks("", checks))).message).toMatch(/there is no text to check\.$/);
  expect((await rejection(model.invokeGuardrailChecks("a", {}))).message).toMatch(/^invokeGuardrailChecks: name one check at least/);
  expect(bedrock.requests).toEqual([]);
});
