import type { Availability } from "../connection/failover_connection.js";
import type { ClientConfiguration } from "../connection/shared_client.js";
import type { AvailabilityOptions, FailoverTarget } from "../types/availability.js";
import type { ConnectionOptions } from "../types/connection.js";
import { nearestName } from "./nearest_name.js";
import { ENDPOINT_URL, OBJECT, type OptionType, TEXT, checkOptions } from "./option_types.js";

type Fields = ConnectionOptions & AvailabilityOptions;

/** Whether calls may ask another target, or the same one twice. */
export function isAvailable({ failover = [], hedge }: AvailabilityOptions): boolean {
  return failover.length > 0 || hedge !== undefined;
}

/** The targets of a model, its own first; `undefined` without failover and hedging. `configure` makes the configuration of a client. */
export function availabilityOf(fields: Fields, region: string, configure: (fields: Fields, region: string) => ClientConfiguration): Availability | undefined {
  if (!isAvailable(fields)) return undefined;
  const { failover = [], failoverAfter, hedge } = fields;
  const targets = [configure(fields, region), ...failover.map((target) => configure(fieldsAt(target, fields, region), target.region ?? region))];
  return { targets, failoverAfter: failoverAfter || undefined, hedgeAfter: hedge?.after };
}

function fieldsAt(target: FailoverTarget, fields: Fields, region: string): Fields {
  const { endpointUrl, endpointHost } = fields;
  const ofModel = isElsewhere(target, region) ? { endpointUrl: undefined, endpointHost: undefined } : { endpointUrl, endpointHost };
  return { ...fields, ...ofModel, ...(target.endpointUrl != null && { endpointUrl: target.endpointUrl }) };
}

/** Whether a target is in another region, where the model's own endpoint is not. */
function isElsewhere({ region }: FailoverTarget, ofModel: string): boolean {
  return region != null && region !== ofModel;
}

/** Throws one sentence about the first target that is none. `types`: what a target may have. */
export function checkTargets(className: string, failover: unknown[] | undefined, types: Record<string, OptionType>): void {
  for (const [index, target] of (failover ?? []).entries()) {
    const name = `${className}: failover[${index}]`;
    if (!OBJECT.accepts(target)) throw new Error(`${name} must be an object with ${Object.keys(types).join(", ")}, each of which may be left out.`);
    const given = target as Record<string, unknown>;
    const unknown = Object.keys(given).find((member) => !Object.hasOwn(types, member));
    if (unknown !== undefined) {
      const nearest = nearestName(unknown, Object.keys(types));
      throw new Error(`${name} has no member '${unknown}'${nearest === undefined ? `: a target has ${Object.keys(types).join(", ")}` : `. Did you mean '${nearest}'?`}`);
    }
    checkOptions(name, given, types);
    const says = ["region", "endpointUrl", "model", "applicationInferenceProfile"].some((member) => given[member] != null);
    if (!says) throw new Error(`${name} is the model's own target: give it a region, an endpointUrl, a model or an applicationInferenceProfile.`);
  }
}

/** What a target may have. */
export const TARGET: Record<string, OptionType> = { region: TEXT, endpointUrl: ENDPOINT_URL, model: TEXT, applicationInferenceProfile: TEXT };
