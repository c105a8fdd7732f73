import type { GuardrailContentBlock } from "../types/guardrails.js";
import { encodeLabel } from "./path_label.js";
import type { ServiceRequest } from "./service_request.js";

/** A guardrail and its version. */
export interface Guardrail {
  guardrailIdentifier: string;
  guardrailVersion: string;
}

/** The body of `ApplyGuardrail`. */
export interface GuardrailBody {
  source: string;
  content: GuardrailContentBlock[];
  outputScope?: string;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html */
export function applyGuardrailRequest({ guardrailIdentifier, guardrailVersion }: Guardrail, body: GuardrailBody): ServiceRequest {
  return {
    operation: "apply-guardrail",
    resource: guardrailIdentifier,
    service: "apply-guardrail",
    path: `/guardrail/${encodeLabel(guardrailIdentifier)}/version/${encodeLabel(guardrailVersion)}/apply`,
    body,
    command: "ApplyGuardrailCommand",
    // Read only where AWS's client sends it, which takes bytes.
    get input() {
      return { guardrailIdentifier, guardrailVersion, ...body, content: body.content.map(decodeImage) };
    },
  };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeGuardrailChecks.html */
export function guardrailChecksRequest(body: { messages: object[]; checks: object }): ServiceRequest {
  const operation = "guardrail-checks";
  return { operation, resource: "inline", service: operation, path: "/guardrail-checks/invoke", body, command: "InvokeGuardrailChecksCommand", input: body };
}

function decodeImage(block: GuardrailContentBlock): object {
  if (block.image === undefined) return block;
  const { format, source } = block.image;
  const { buffer, byteOffset, length } = Buffer.from(String(source.bytes), "base64");
  return { image: { format, source: { bytes: new Uint8Array(buffer, byteOffset, length) } } };
}
