/** Guardrails as Bedrock's runtime has them: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html */
import type { AIMessage, BaseMessage, MessageContent } from "@langchain/core/messages";
import type { AuthenticationOptions, ConnectionOptions, TimeLimitOptions } from "./connection.js";

/** What a guardrail assesses: what goes to a model, or what comes from it. */
export type GuardrailContentSource = "INPUT" | "OUTPUT";

/** What a guardrail did about what it found: `NONE` where it only reports. */
export type GuardrailPolicyAction = "BLOCKED" | "ANONYMIZED" | "NONE" | (string & {});

interface Found {
  action: GuardrailPolicyAction;
  /** `false` in assessments of the scope `FULL`, or of the trace `enabled_full`, which have what was looked for and not found too. */
  detected?: boolean;
}

/** A denied topic. */
export interface GuardrailTopic extends Found {
  name: string;
  type: "DENY" | (string & {});
}

/** A category of harmful content. */
export interface GuardrailContentFilter extends Found {
  type: "INSULTS" | "HATE" | "SEXUAL" | "VIOLENCE" | "MISCONDUCT" | "PROMPT_ATTACK" | (string & {});
  confidence: "NONE" | "LOW" | "MEDIUM" | "HIGH" | (string & {});
  filterStrength?: "NONE" | "LOW" | "MEDIUM" | "HIGH" | (string & {});
}

/** A word of the guardrail's own list. */
export interface GuardrailCustomWord extends Found {
  match: string;
}

/** A word of a list of AWS's. */
export interface GuardrailManagedWord extends Found {
  match: string;
  type: "PROFANITY" | (string & {});
}

/** Personal data. */
export interface GuardrailPiiEntityFilter extends Found {
  match: string;
  /** Such as `EMAIL` or `US_SOCIAL_SECURITY_NUMBER`. */
  type: string;
}

/** What a regular expression of the guardrail matches. */
export interface GuardrailRegexFilter extends Found {
  name?: string;
  match?: string;
  regex?: string;
}

/** How well an answer is grounded in its source, or fits the question. */
export interface GuardrailContextualGroundingFilter extends Found {
  type: "GROUNDING" | "RELEVANCE" | (string & {});
  /** 0 to 1; a lower score is an intervention. */
  threshold: number;
  /** 0 to 1. */
  score: number;
}

/** A finding of automated reasoning; its one member is named for what was found: `valid`, `invalid`, `satisfiable`, `impossible` … */
export type GuardrailAutomatedReasoningFinding = Record<string, unknown>;

/** Text units, and images, that each policy has assessed. */
export type GuardrailUsage = Record<string, number>;

/** How many characters and images were assessed, of how many. */
export interface GuardrailCoverage {
  textCharacters?: { guarded?: number; total?: number };
  images?: { guarded?: number; total?: number };
}

/** What a guardrail found, policy by policy. */
export interface GuardrailAssessment {
  topicPolicy?: { topics: GuardrailTopic[] };
  contentPolicy?: { filters: GuardrailContentFilter[] };
  wordPolicy?: { customWords: GuardrailCustomWord[]; managedWordLists: GuardrailManagedWord[] };
  sensitiveInformationPolicy?: { piiEntities: GuardrailPiiEntityFilter[]; regexes: GuardrailRegexFilter[] };
  contextualGroundingPolicy?: { filters?: GuardrailContextualGroundingFilter[] };
  automatedReasoningPolicy?: { findings?: GuardrailAutomatedReasoningFinding[] };
  invocationMetrics?: { guardrailProcessingLatency?: number; usage?: GuardrailUsage; guardrailCoverage?: GuardrailCoverage };
  appliedGuardrailDetails?: {
    guardrailId?: string;
    guardrailVersion?: string;
    guardrailArn?: string;
    guardrailOrigin?: ("REQUEST" | "ACCOUNT_ENFORCED" | "ORGANIZATION_ENFORCED" | (string & {}))[];
    guardrailOwnership?: "SELF" | "CROSS_ACCOUNT" | (string & {});
  };
}

/** `response_metadata.trace.guardrail` of an answer. Its members are keyed by the id of the guardrail. */
export interface GuardrailTraceAssessment {
  inputAssessment?: Record<string, GuardrailAssessment>;
  outputAssessments?: Record<string, GuardrailAssessment[]>;
  /** What the model said before the guardrail intervened. */
  modelOutput?: string[];
  actionReason?: string;
}

/** One thing that a guardrail found: the entry of its assessment, and where that stood. `policy` tells what other members it has. */
export type GuardrailFinding = {
  source: GuardrailContentSource;
  guardrailId?: string;
} & (
  | ({ policy: "topicPolicy" } & GuardrailTopic)
  | ({ policy: "contentPolicy" } & GuardrailContentFilter)
  | ({ policy: "wordPolicy"; type?: string } & GuardrailCustomWord)
  | ({ policy: "sensitiveInformationPolicy"; type?: string; name?: string; regex?: string; match?: string } & Found)
  | ({ policy: "contextualGroundingPolicy" } & GuardrailContextualGroundingFilter)
  | { policy: "automatedReasoningPolicy"; finding: GuardrailAutomatedReasoningFinding; action?: undefined }
);

/** An answer in place of which a guardrail speaks. `trace` is there if `guardrailConfig.trace` is on. */
export type GuardrailIntervention = AIMessage & {
  response_metadata: { stopReason?: "guardrail_intervened"; trace?: { guardrail?: GuardrailTraceAssessment } };
};

/** The texts that take the place of what a guardrail blocked. */
export interface GuardrailRedaction {
  /** @default "[User input redacted.]" */
  input?: string;
  /** @default "[Assistant output redacted.]" */
  output?: string;
}

/** A text, LangChain's blocks of text and images (png or jpeg, as bytes), or Bedrock's: `{ text: { text, qualifiers: ["grounding_source"] } }`. */
export type GuardrailInput = MessageContent | GuardrailContentBlock[];

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailContentBlock.html */
export type GuardrailContentBlock =
  | { text: { text: string; qualifiers?: ("grounding_source" | "query" | "guard_content")[] }; image?: never }
  | { image: { format: "png" | "jpeg"; source: { bytes: Uint8Array | string } }; text?: never };

/** Options of a request about a guardrail that are about its connection. */
export interface GuardrailCallOptions extends AuthenticationOptions, TimeLimitOptions {
  /** Ends the request. */
  signal?: AbortSignal;
  /** Headers in addition to `defaultHeaders`; they are signed. */
  headers?: Record<string, string>;
  /** Milliseconds for opening a connection. */
  connectTimeout?: number;
}

/** Options of `applyGuardrail`. */
export interface ApplyGuardrailOptions extends GuardrailCallOptions {
  /** Whether the content goes to a model or comes from one. */
  source: GuardrailContentSource;
  /** The guardrail. Default: the model's. */
  guardrailConfig?: { guardrailIdentifier?: string; guardrailVersion?: string };
  /** `FULL`: assessments have what was looked for and not found too. @default "INTERVENTIONS" */
  outputScope?: "INTERVENTIONS" | "FULL";
}

/** What `applyGuardrail` resolves with: Bedrock's answer, and the source that was asked about. */
export interface GuardrailAnswer {
  source: GuardrailContentSource;
  action: "NONE" | "GUARDRAIL_INTERVENED" | (string & {});
  actionReason?: string;
  /** The guardrail's own text for content that it blocked, or each text with what it masked; empty without an intervention. */
  outputs: { text?: string }[];
  assessments: GuardrailAssessment[];
  usage: GuardrailUsage;
  guardrailCoverage?: GuardrailCoverage;
}

/** Which checks `invokeGuardrailChecks` makes: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailChecksConfig.html */
export interface GuardrailChecksConfig {
  contentFilter?: { categories: { category: "VIOLENCE" | "HATE" | "SEXUAL" | "MISCONDUCT" | "INSULTS" | (string & {}) }[] };
  promptAttack?: { categories: { category: "JAILBREAK" | "PROMPT_INJECTION" | "PROMPT_LEAKAGE" | (string & {}) }[] };
  /** Such as `EMAIL`. */
  sensitiveInformation?: { entities: { type: string }[] };
}

/** What `invokeGuardrailChecks` resolves with. Scores are 0 to 1; nothing is blocked. */
export interface GuardrailChecksAnswer {
  results: {
    contentFilter?: { results: { category: string; severityScore: number }[] };
    promptAttack?: { results: { category: string; severityScore: number }[] };
    sensitiveInformation?: {
      /** Characters `beginOffset` to `endOffset` of the text `contentIndex` of the message `messageIndex`, all counted from 0. */
      results: { type: string; confidenceScore: number; beginOffset: number; endOffset: number; messageIndex: number; contentIndex: number }[];
      /** Whether there were more than are listed. */
      truncated?: boolean;
    };
  };
  usage: { contentFilter?: { textUnits: number }; promptAttack?: { textUnits: number }; sensitiveInformation?: { textUnits: number } };
}

/** Options of `GuardrailRunnable`. */
export interface GuardrailRunnableFields extends ConnectionOptions {
  /** Id or ARN. */
  guardrailIdentifier: string;
  /** A number, or `DRAFT`. */
  guardrailVersion: string;
  /** `INPUT`: it stands before a model, and assesses the user's last turn; `OUTPUT`: behind one, and assesses its answer. */
  source: GuardrailContentSource;
  /** What becomes of blocked content: `throw` throws a {@link GuardrailInterventionError}, `replace` passes the guardrail's own text on. Default: `throw` for `INPUT`, `replace` for `OUTPUT`. */
  onBlocked?: "throw" | "replace";
  /** Requests at once. Default: no limit. */
  maxConcurrency?: number;
}

/** What a `GuardrailRunnable` takes and passes on: a text, a message, or messages. */
export type GuardrailSubject = string | BaseMessage | BaseMessage[];
