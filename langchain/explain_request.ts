import type { ModelProfile } from "@langchain/core/language_models/profile";
import { convert, unwrap } from "./connection/conversion.js";
import { publicUrl } from "./connection/target.js";
import type { Address, NamedAddress } from "./request/address.js";
import { explainCachePoints } from "./request/cache_points.js";
import { knowledgeOf } from "./request/model_knowledge.js";
import { encodeLabel } from "./request/path_label.js";
import type { Request } from "./request/request.js";
import type { TargetDescription } from "./types/availability.js";
import type { ConverseBody, RequestExplanation } from "./types/explanation.js";
import type { RequestWarning } from "./types/warnings.js";

/** What explaining a request needs of a model. */
export interface ExplanationContext {
  /** The model that rules are about. */
  rulesModel: string;
  profile: ModelProfile;
  isStreaming: boolean;
  /** The endpoint that options or environment name. */
  endpointUrl: string | undefined;
  /** Those of all requests, and those of the call. */
  headers: (Record<string, string> | undefined)[];
  /** With failover: the addresses of all targets. */
  targets: NamedAddress[];
}

/** Converts a request as a call would, and says what it is; nothing is sent. Throws what a call would refuse to send. */
export function explainRequest(request: Request, { rulesModel, profile, isStreaming, endpointUrl, headers, targets }: ExplanationContext): RequestExplanation {
  const converted = convert(request, true);
  const isStreamed = isStreaming && converted.streams;
  if (isStreaming && !isStreamed) unwrap(converted.reportWholeAnswer());
  const body = JSON.parse(converted.body) as ConverseBody;
  const path = `/model/${encodeLabel(converted.modelId)}/${isStreamed ? "converse-stream" : "converse"}`;
  const { id, facts, sources } = knowledgeOf(rulesModel);
  return {
    operation: isStreamed ? "ConverseStream" : "Converse",
    modelId: converted.modelId,
    path,
    ...urlOf(endpointUrl, path),
    headers: { "content-type": "application/json", ...hideValues(headers) },
    body,
    warnings: JSON.parse(converted.warnings ?? "[]") as RequestWarning[],
    mediaToFetch: JSON.parse(converted.mediaUrls ?? "[]") as RequestExplanation["mediaToFetch"],
    // The facts of a model are shared by all calls.
    model: structuredClone({ id, facts, sources, profile }),
    cachePoints: explainCachePoints(body),
    ...(targets.length > 1 && { targets: targets.slice(1).map(({ address }) => describe(address)) }),
  };
}

function describe({ modelId, region = "", endpoint }: Address): TargetDescription {
  const endpointUrl = publicUrl(endpoint);
  return { region, model: modelId, ...(endpointUrl !== undefined && { endpointUrl }) };
}

/** Without user and password, which an endpoint of the environment may have. */
function urlOf(endpointUrl: string | undefined, path: string): { url?: string } {
  if (endpointUrl === undefined || !URL.canParse(endpointUrl)) return {};
  const { protocol, host, pathname } = new URL(endpointUrl);
  return { url: `${protocol}//${host}${pathname.replace(/\/+$/, "")}${path}` };
}

function hideValues(headers: (Record<string, string> | undefined)[]): Record<string, string> {
  return Object.fromEntries(headers.flatMap((some) => Object.keys(some ?? {})).map((name) => [name.toLowerCase(), "<hidden>"]));
}
