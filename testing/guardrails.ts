import { isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import type { BedrockRequest, GuardrailFound, MessageAnswer } from "./types.js";

/** The operations that are answered from the queue of `replyToGuardrails`. */
export function isAboutGuardrails({ operation }: Pick<BedrockRequest, "operation">): boolean {
  return operation === "apply-guardrail" || operation === "guardrail-checks";
}

/** The answer when there is no other: nothing was found. `undefined` for other requests. */
export function guardrailAnswer({ operation, body }: Pick<BedrockRequest, "operation" | "body">): JsonObject | undefined {
  if (operation === "apply-guardrail") return assessed(body, { action: "NONE", outputs: [], assessments: [{}] });
  return operation === "guardrail-checks" ? checked(body) : undefined;
}

/** What a guardrail that intervened answers to a request: `ApplyGuardrail`'s answer, or that of Converse with the trace that the request asks for. */
export function interventionFor(request: Pick<BedrockRequest, "operation" | "body" | "modelId">, texts: string[], found: GuardrailFound): JsonObject | MessageAnswer {
  const { source, assessment, modelOutput, actionReason = "Guardrail blocked." } = found;
  if (request.operation === "apply-guardrail") {
    return assessed(request.body, { action: "GUARDRAIL_INTERVENED", actionReason, outputs: texts.map((text) => ({ text })), assessments: [assessment as JsonObject] });
  }
  const answer: MessageAnswer = { content: texts.map((text) => ({ text })), stopReason: "guardrail_intervened" };
  const config = request.body["guardrailConfig"] as JsonObject | undefined;
  if (!String(config?.["trace"]).startsWith("enabled")) return answer;
  const id = String(config?.["guardrailIdentifier"]);
  const trace = source === "OUTPUT" ? { outputAssessments: { [id]: [assessment] }, ...(modelOutput && { modelOutput }) } : { inputAssessment: { [id]: assessment } };
  return { ...answer, trace: { guardrail: { ...trace, actionReason } } };
}

/** An answer with what was assessed: a text unit has 1000 characters. */
function assessed({ content }: BedrockRequest["body"], answer: JsonObject): JsonObject {
  const blocks = (Array.isArray(content) ? (content as JsonValue[]) : []).filter(isJsonObject);
  const texts = blocks.map(({ text }) => (isJsonObject(text) && typeof text["text"] === "string" ? text["text"] : ""));
  const characters = texts.join("").length;
  const images = blocks.filter((block) => "image" in block).length;
  const units = Math.ceil(characters / 1000);
  const policies = ["topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits", "sensitiveInformationPolicyFreeUnits", "contextualGroundingPolicyUnits"];
  return {
    ...answer,
    usage: Object.fromEntries(policies.map((name) => [name, units])),
    guardrailCoverage: { textCharacters: { guarded: characters, total: characters }, ...(images > 0 && { images: { guarded: images, total: images } }) },
  };
}

function checked({ checks, messages }: BedrockRequest["body"]): JsonObject {
  const asked = checks as Record<string, { categories?: { category: string }[] }>;
  const textUnits = Math.ceil(JSON.stringify(messages ?? []).length / 1000);
  const results = Object.entries(asked).map(([check, { categories }]) => [check, { results: (categories ?? []).map(({ category }) => ({ category, severityScore: 0 })) }]);
  return { results: Object.fromEntries(results) as JsonObject, usage: Object.fromEntries(Object.keys(asked).map((check) => [check, { textUnits }])) };
}
