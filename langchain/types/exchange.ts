import type { TargetDescription } from "./availability.js";

/** What the caller wants to see of an exchange beside its answer, and what is known of it. */
export interface Exchange {
  wantsHeaders: boolean;
  wantsRaw: boolean;
  /** The headers of the answer, by lower-case name. */
  headers?: Record<string, string>;
  /** Where failover or hedging is configured: the target that answered. */
  target?: TargetDescription;
  /** The name of the model that answered, where it is not the model's own. */
  model?: string;
  /** How often other targets were asked. */
  attemptsElsewhere?: number;
}
