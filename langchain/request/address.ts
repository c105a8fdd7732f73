import type { GuardrailConfiguration, ToolChoiceKind } from "../types/chat.js";

/** The members of a request that depend on whom it is sent to. A member that is `undefined` is left out. */
export interface Address {
  /** The id or ARN that is called. */
  modelId: string;
  /** The model whose rules apply, where it is not the one that is called. */
  model?: string | undefined;
  region?: string | undefined;
  /** Where it is not AWS's own: what is learnt of a model at a gateway holds there only. */
  endpoint?: string | undefined;
  guardrailConfig?: GuardrailConfiguration | undefined;
  /** The tool choices that the caller says the model takes. */
  supportsToolChoiceValues?: ToolChoiceKind[] | undefined;
}

/** An address, and the model's name in its answers. */
export interface NamedAddress {
  address: Address;
  name: string;
}
