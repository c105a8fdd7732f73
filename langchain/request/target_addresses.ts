import { addon } from "../native.js";
import type { FailoverTarget } from "../types/availability.js";
import type { Address, NamedAddress } from "./address.js";

/** The address of each target of a model, its own first. `adapt` adds what else depends on the target. Throws a sentence where a target has no id for the model. */
export function addressesOf<Target extends FailoverTarget>(own: NamedAddress, targets: Target[], adapt: (address: Address, target: Target) => Address = (address) => address): NamedAddress[] {
  return [
    own,
    ...targets.map((target, index) => {
      const { address, name } = addressOf(own, target, index);
      return { address: adapt(address, target), name };
    }),
  ];
}

/** Throws a sentence about a target that is another one's equal. */
export function checkDistinct(addresses: NamedAddress[]): void {
  const seen = new Map<string, number>();
  for (const [index, { address }] of addresses.entries()) {
    const key = JSON.stringify([address.endpoint, address.region, address.modelId]);
    const equal = seen.get(key);
    if (equal !== undefined) throw new Error(`failover[${index - 1}] is the same target as ${equal === 0 ? "the model's own" : `failover[${equal - 1}]`}: nothing is gained by asking it again.`);
    seen.set(key, index);
  }
}

function addressOf({ address: own, name: ownName }: NamedAddress, target: FailoverTarget, index: number): NamedAddress {
  const { model, applicationInferenceProfile, endpointUrl } = target;
  const region = target.region ?? own.region;
  const endpoint = endpointUrl ?? (region === own.region ? own.endpoint : undefined);
  const placed = { ...own, region, endpoint };
  if (model !== undefined) {
    const rules = applicationInferenceProfile === undefined ? undefined : model;
    // What the caller says of the model's own tool choices is about that model.
    return { address: { ...placed, modelId: applicationInferenceProfile ?? model, model: rules, supportsToolChoiceValues: undefined }, name: model };
  }
  if (applicationInferenceProfile !== undefined) return { address: { ...placed, modelId: applicationInferenceProfile, model: own.model ?? own.modelId }, name: ownName };
  const modelId = target.region === undefined || region === own.region ? own.modelId : idInRegion(own.modelId, target.region, index);
  return { address: { ...placed, modelId }, name: own.modelId === ownName ? modelId : ownName };
}

/** Ids come from callers, so their number is limited. */
const MAX_ENTRIES = 256;

const known = new Map<string, string>();

function idInRegion(modelId: string, region: string, index: number): string {
  const key = `${region} ${modelId}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const { id, problem } = addon().Targets.idInRegion(modelId, region);
  if (id == null) throw new Error(`failover[${index}]: ${problem}. Give the target the model's id there: model, or applicationInferenceProfile.`);
  if (known.size >= MAX_ENTRIES) known.clear();
  known.set(key, id);
  return id;
}
