import type { BaseMessage } from "@langchain/core/messages";
import type { ChatBedrockConverse } from "langchain-aws-native";
import type { Answer } from "langchain-aws-native/testing";

/** Headings of docs/differences.md. */
export const GROUPS = ["Requests", "Answers", "Streams", "Errors", "Options"] as const;
export type Group = (typeof GROUPS)[number];

/** What of a call is compared. */
export type Aspect = "request" | "message" | "chunks" | "events" | "error" | "callbacks";

/** A difference from the peer that is on purpose. */
export interface Difference {
  what: Aspect;
  /** One sentence for users: what is different, and the reason. */
  why: string;
  /**
   * What ours is. Of a request the whole body, or the list of bodies; of an error its name and message; of anything else the members that differ, and all others are
   * the peer's: `{}` says that chunks or events add up to the same, one by one being others.
   */
  ours: object;
}

/** One call that is made of both packages. */
export interface Case {
  name: string;
  /** Constructor options. */
  fields?: Record<string, unknown>;
  input?: string | BaseMessage[];
  /** Call options. */
  options?: Record<string, unknown>;
  answer?: Answer;
  /** What is done instead of asking in every way; what it resolves to is compared as a message is. */
  call?: (model: ChatBedrockConverse) => Promise<unknown>;
  differs?: Difference | Difference[];
}

export interface Subject {
  subject: string;
  /** The heading for the differences; by default what differs decides. */
  group?: Group;
  cases: Case[];
}
