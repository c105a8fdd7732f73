import type { BaseMessage } from "@langchain/core/messages";
import type { GuardrailAnswer, GuardrailAssessment, GuardrailContentSource, GuardrailFinding, GuardrailIntervention, GuardrailTraceAssessment } from "../types/guardrails.js";

/** Where the entries of an assessment are. */
const ENTRIES = {
  topicPolicy: ["topics"],
  contentPolicy: ["filters"],
  wordPolicy: ["customWords", "managedWordLists"],
  sensitiveInformationPolicy: ["piiEntities", "regexes"],
  contextualGroundingPolicy: ["filters"],
} as const satisfies Partial<Record<keyof GuardrailAssessment, readonly string[]>>;

/** What of an answer's metadata tells of a guardrail. The second place of each is the only one in what `@langchain/aws` has streamed. */
interface Told {
  stopReason?: unknown;
  messageStop?: { stopReason?: unknown };
  trace?: { guardrail?: GuardrailTraceAssessment };
  metadata?: { trace?: { guardrail?: GuardrailTraceAssessment } };
}

/** Whether a guardrail intervened in a model's answer, whichever way it came: by `invoke`, as the sum of a stream's chunks, or from a store. */
export function isGuardrailIntervention(message: BaseMessage): message is GuardrailIntervention {
  return message.type === "ai" && isIntervention(message.response_metadata);
}

/** Whether the metadata is that of an answer in which a guardrail intervened. */
export function isIntervention(metadata: Record<string, unknown> | undefined): boolean {
  const { stopReason, messageStop } = (metadata ?? {}) as Told;
  return (stopReason ?? messageStop?.stopReason) === "guardrail_intervened";
}

/**
 * What a guardrail found: in an answer whose guardrail has `trace: "enabled"`, or in the content of `applyGuardrail`. Empty without a trace, or if nothing
 * was found. What was only looked for is left out.
 */
export function guardrailFindings(assessed: BaseMessage | GuardrailAnswer): GuardrailFinding[] {
  if ("assessments" in assessed) return assessed.assessments.flatMap((assessment) => findingsIn(assessment, assessed.source, idOf(assessment)));
  const { inputAssessment = {}, outputAssessments = {} } = guardrailTrace(assessed) ?? {};
  return [
    ...Object.entries(inputAssessment).flatMap(([id, assessment]) => findingsIn(assessment, "INPUT", id)),
    ...Object.entries(outputAssessments).flatMap(([id, assessments]) => assessments.flatMap((assessment) => findingsIn(assessment, "OUTPUT", id))),
  ];
}

/** The guardrail's part of an answer's trace. */
export function guardrailTrace({ response_metadata }: Pick<BaseMessage, "response_metadata">): GuardrailTraceAssessment | undefined {
  const { trace, metadata } = (response_metadata ?? {}) as Told;
  return (trace ?? metadata?.trace)?.guardrail;
}

/** The sides of a conversation in which something was blocked. Where nothing says what was found it may be either. */
export function blockedSides(findings: GuardrailFinding[], isKnown: boolean): Set<GuardrailContentSource> {
  if (!isKnown) return new Set(["INPUT", "OUTPUT"]);
  const blocked = findings.filter(({ policy, action }) => action === "BLOCKED" || policy === "automatedReasoningPolicy");
  return new Set(blocked.map(({ source }) => source));
}

function idOf({ appliedGuardrailDetails }: GuardrailAssessment): string | undefined {
  return appliedGuardrailDetails?.guardrailId;
}

function findingsIn(assessment: GuardrailAssessment, source: GuardrailContentSource, guardrailId: string | undefined): GuardrailFinding[] {
  const where = guardrailId === undefined ? { source } : { source, guardrailId };
  const found = Object.entries(ENTRIES).flatMap(([policy, lists]) => {
    const assessed = (assessment[policy as keyof typeof ENTRIES] ?? {}) as Record<string, { detected?: boolean }[] | undefined>;
    return lists.flatMap((list) => assessed[list] ?? []).flatMap((entry) => (entry.detected === false ? [] : ({ ...where, policy, ...entry } as GuardrailFinding)));
  });
  const reasoned = assessment.automatedReasoningPolicy?.findings ?? [];
  return [...found, ...reasoned.map((finding) => ({ ...where, policy: "automatedReasoningPolicy" as const, finding }))];
}
