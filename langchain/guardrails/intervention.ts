import { AIMessage } from "@langchain/core/messages";
import type { GuardrailAnswer, GuardrailFinding, GuardrailIntervention } from "../types/guardrails.js";
import { guardrailFindings } from "./findings.js";

/** What a {@link GuardrailRunnable} throws for content that its guardrail blocked. */
export class GuardrailInterventionError extends Error {
  override name = "GuardrailInterventionError";
  /** What the guardrail answered. */
  readonly answer: GuardrailAnswer;
  /** The guardrail's own text as an answer that can be shown and stored; `isGuardrailIntervention` is true of it. */
  readonly intervention: GuardrailIntervention;

  constructor(answer: GuardrailAnswer, guardrailIdentifier: string) {
    const found = guardrailFindings(answer).map(nameOf).join(", ");
    super(`The guardrail ${guardrailIdentifier} blocked the ${answer.source === "INPUT" ? "input" : "output"}${found && `: ${found}`}.`);
    this.answer = answer;
    this.intervention = interventionOf(answer, guardrailIdentifier);
  }
}

/** Policy, kind and name, without what was matched. */
function nameOf(finding: GuardrailFinding): string {
  const { type, name } = finding as { type?: string; name?: string };
  const details = [type, name].filter((each) => each !== undefined).join(" ");
  return details === "" ? finding.policy : `${finding.policy} (${details})`;
}

/** The guardrail's own text as an answer like that of a model with `guardrailConfig`. */
export function interventionOf(answer: GuardrailAnswer, guardrailIdentifier: string, { id, usage_metadata }: Pick<AIMessage, "id" | "usage_metadata"> = {}): GuardrailIntervention {
  const response_metadata = { stopReason: "guardrail_intervened" as const, trace: { guardrail: traceOf(answer, guardrailIdentifier) } };
  return new AIMessage({ id, content: textOf(answer), response_metadata, usage_metadata }) as GuardrailIntervention;
}

export function textOf({ outputs }: GuardrailAnswer): string {
  return outputs.map(({ text = "" }) => text).join("\n");
}

/** The assessments as `guardrailConfig.trace` reports them. */
export function traceOf({ source, assessments, actionReason }: GuardrailAnswer, guardrailIdentifier: string): object {
  const [first] = assessments;
  const assessed = source === "INPUT" ? { inputAssessment: first && { [guardrailIdentifier]: first } } : { outputAssessments: { [guardrailIdentifier]: assessments } };
  return { ...assessed, ...(actionReason && { actionReason }) };
}
