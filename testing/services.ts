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
  if (operation.startsWith("s3-")) return { host: "s3", name: "s3" };
  if (operation.includes("model-invocation-job")) return { host: "bedrock", name: "bedrock" };
  if (operation === "retrieve") return { host: "bedrock-agent-runtime", name: "bedrock" };
  return operation.startsWith("kendra") ? { host: "kendra", name: "kendra" } : { host: "bedrock-runtime", name: "bedrock" };
}
