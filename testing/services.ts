import type { Operation } from "./types.js";

/** A service of AWS. */
export interface Service {
  /** The first part of its host names. */
  host: string;
  /** As signatures name it. */
  name: string;
}

/** The service of an operation. */
export function serviceOf(operation: Operation): Service {
  if (operation === "retrieve") return { host: "bedrock-agent-runtime", name: "bedrock" };
  return operation.startsWith("kendra") ? { host: "kendra", name: "kendra" } : { host: "bedrock-runtime", name: "bedrock" };
}
