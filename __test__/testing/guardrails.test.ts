import { ApplyGuardrailCommand, ConverseCommand, ConverseStreamCommand, InvokeGuardrailChecksCommand } from "@aws-sdk/client-bedrock-runtime";
import { checkRequest } from "../../testing/checks/index.js";
import { error, guardrailIntervention, startBedrock, type Bedrock, type RequestBody } from "../../testing/index.js";
import { ask, awsClient, collect, MODEL } from "./support.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const GUARDRAIL = { guardrailIdentifier: "abc123", guardrailVersion: "1" };
const FOUND = { wordPolicy: { customWords: [{ match: "secret", action: "BLOCKED" }], managedWordLists: [] } };
const apply = (): ApplyGuardrailCommand => new ApplyGuardrailCommand({ ...GUARDRAIL, source: "OUTPUT", content: [{ text: { text: "a secret" } }] });

test("a guardrail finds nothing unless it is told to, and takes nothing from the model's queue", async () => {
  bedrock.reply("Hello").replyToGuardrails(guardrailIntervention("No.", { assessment: FOUND }), error("ThrottlingException", "Slow down."));
  const client = awsClient(bedrock);
  expect(await client.send(apply())).toMatchObject({ action: "GUARDRAIL_INTERVENED", outputs: [{ text: "No." }], assessments: [FOUND], usage: { wordPolicyUnits: 1 } });
  await expect(client.send(apply())).rejects.toMatchObject({ name: "ThrottlingException" });
  expect(await client.send(apply())).toMatchObject({ action: "NONE", outputs: [], guardrailCoverage: { textCharacters: { guarded: 8, total: 8 } } });
  const checks = { contentFilter: { categories: [{ category: "HATE" as const }] } };
  const checked = await client.send(new InvokeGuardrailChecksCommand({ checks, messages: [{ role: "user", content: [{ text: "a" }] }] }));
  expect(checked).toMatchObject({ results: { contentFilter: { results: [{ category: "HATE", severityScore: 0 }] } }, usage: { contentFilter: { textUnits: 1 } } });
  expect((await client.send(new ConverseCommand(ask("Hi")))).output?.message?.content).toEqual([{ text: "Hello" }]);
});

test.each([
  ["enabled", "INPUT", { inputAssessment: { abc123: FOUND } }],
  ["enabled_full", "OUTPUT", { outputAssessments: { abc123: [FOUND] }, modelOutput: ["It is 42."] }],
  ["disabled", "OUTPUT", undefined],
  [undefined, "INPUT", undefined],
] as const)("with the trace %s an intervention in the %s is told as Bedrock tells it", async (trace, source, told) => {
  bedrock.replyAlways(guardrailIntervention("No.", { source, assessment: FOUND, modelOutput: ["It is 42."] }));
  const request = { ...ask("Hi"), guardrailConfig: { ...GUARDRAIL, trace } };
  const { stopReason, trace: whole } = await awsClient(bedrock).send(new ConverseCommand(request));
  const { stream } = await awsClient(bedrock).send(new ConverseStreamCommand(request));
  const events = await collect(stream);
  const expected = told && { ...told, actionReason: "Guardrail blocked." };
  expect([stopReason, whole?.guardrail]).toEqual(["guardrail_intervened", expected]);
  expect(events.flatMap(({ messageStop }) => messageStop ?? [])).toEqual([{ stopReason: "guardrail_intervened" }]);
  expect(events.find(({ metadata }) => metadata)?.metadata?.trace?.guardrail).toEqual(expected);
});

function converse(operation: "converse" | "converse-stream", content: object[], more: object = {}): string | undefined {
  return checkRequest({ operation, modelId: MODEL, body: { messages: [{ role: "user", content }], ...more } as unknown as RequestBody })?.message;
}

const image = (bytes: string, format = "png"): object => ({ guardContent: { image: { format, source: { bytes } } } });

test("guard content in Converse", () => {
  const text = { guardContent: { text: { text: "a" } } };
  expect(converse("converse", [text, { text: "b" }, { cachePoint: { type: "default" } }])).toBeUndefined();
  expect(converse("converse", [{ guardContent: { text: { text: " " } } }])).toMatch(/^The text field in the guard content at messages\.0\.content\.0\.guardContent\.text is blank\./);
  expect(converse("converse", [image("AAAA", "gif")])).toMatch(/Member must satisfy enum value set: \[png, jpeg\]/);
  expect(converse("converse", Array.from({ length: 21 }, () => image("AAAA")))).toMatch(/^The request has 21 images to assess/);
  expect(converse("converse", [image("A".repeat(5_592_412))])).toMatch(/^The image at messages\.0\.content\.0\.guardContent\.image is larger than 4 MB/);
  expect(converse("converse", [{ text: "a" }], { system: [{ guardContent: { text: { text: "" } } }] })).toMatch(/at system\.0\.guardContent\.text is blank/);
});

test("only a stream has a processing mode: another operation does not know the member", () => {
  const guardrailConfig = { ...GUARDRAIL, streamProcessingMode: "both" };
  expect(converse("converse", [{ text: "a" }], { guardrailConfig })).toBeUndefined();
  expect(converse("converse-stream", [{ text: "a" }], { guardrailConfig })).toMatch(/at 'guardrailConfig\.streamProcessingMode' failed to satisfy constraint: Member must satisfy enum value set: \[sync, async\]/);
});

test.each<[string, string, object, RegExp]>([
  ["abc123", "1", { source: "IN", content: [] }, /at 'source' failed to satisfy constraint: Member must satisfy enum value set: \[INPUT, OUTPUT\]/],
  ["abc123", "1", { source: "INPUT" }, /at 'content' failed to satisfy constraint: Member must not be null/],
  ["abc123", "1", { source: "INPUT", content: [{ text: { text: "" } }] }, /^The text field in the guard content at content\.0\.text is blank/],
  ["abc123", "1", { source: "INPUT", content: [{ image: { format: "png", source: { bytes: "?" } } }] }, /^The value at content\.0\.image\.source\.bytes is invalid/],
  ["ABC", "1", { source: "INPUT", content: [] }, /at 'guardrailIdentifier' failed to satisfy constraint/],
  ["abc123", "0", { source: "INPUT", content: [] }, /at 'guardrailVersion' failed to satisfy constraint/],
])("ApplyGuardrail of %s, version %s, refuses %j", (modelId, version, body, sentence) => {
  const refusal = checkRequest({ operation: "apply-guardrail", modelId, url: `/guardrail/${modelId}/version/${version}/apply`, body: body as RequestBody });
  expect(refusal).toMatchObject({ name: "ValidationException", message: expect.stringMatching(sentence) as string });
});

test("InvokeGuardrailChecks needs messages, and checks that there are", () => {
  const refusalOf = (body: object): string | undefined => checkRequest({ operation: "guardrail-checks", modelId: "", body: body as RequestBody })?.message;
  const messages = [{ role: "user", content: [{ text: "a" }] }];
  expect(refusalOf({ messages, checks: {} })).toBeUndefined();
  expect(refusalOf({ messages: [], checks: {} })).toMatch(/at 'messages' failed to satisfy constraint: Member must have length greater than or equal to 1/);
  expect(refusalOf({ messages, checks: { contentFilter: { categories: [{ category: "X" }] } } })).toMatch(/at 'checks\.contentFilter\.categories\.1\.member\.category' failed/);
});
