import { getEnvironmentVariable } from "@langchain/core/utils/env";
import { type AwsService, BEDROCK_RUNTIME } from "../aws_client.js";
import { type ModelConnectionOptions, NEEDS_NATIVE } from "../connection/model_connection.js";
import type { ClientConfiguration } from "../connection/shared_client.js";
import { availabilityOf, isAvailable } from "./availability.js";
import { readClientOptions } from "./client_options.js";
import { resolveAuthentication, type Secrets } from "./authentication.js";
import { endpointOfEnvironment } from "./endpoint_variables.js";
import { environmentSnapshot } from "./environment.js";
import { endpointOf, javaScriptConfiguration } from "./javascript_client.js";
import { networkOptions } from "./network.js";
import { warnOfNativeOptions } from "./option_checks.js";
import type { AvailabilityOptions } from "../types/availability.js";
import type { ConnectionOptions, RateLimit } from "../types/connection.js";

/** The constructor's options, those in `clientOptions` included; of both, the constructor's own. */
export function withClientOptions<Fields extends ConnectionOptions>(fields: Fields): Fields {
  return { ...readClientOptions(fields.clientOptions).options, ...givenMembers(fields) };
}

/** The members that were given: `null`, which options have that were read from JSON, counts as left out. */
export function givenMembers<Members extends object>(object: Members): Members {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null)) as Members;
}

/** Empty when only the AWS profile or the instance metadata has it, which the first call reads. */
export function resolveRegion({ region }: ConnectionOptions): string {
  return region ?? getEnvironmentVariable("AWS_REGION") ?? getEnvironmentVariable("AWS_DEFAULT_REGION") ?? "";
}

/** What the class of a connection decides. */
interface Settings {
  service?: AwsService;
  /** Of the native client, where the class has a default of its own. */
  maxRetries?: number;
}

/** How a model, or a retriever, with these options, those in `clientOptions` included, reaches AWS. */
export function connectionOptions(
  className: string,
  fields: ConnectionOptions & AvailabilityOptions & { maxConcurrency?: number; rateLimit?: RateLimit | null },
  region: string,
  secrets: Secrets,
  { service = BEDROCK_RUNTIME, maxRetries = fields.maxRetries }: Settings = {},
): ModelConnectionOptions {
  const isNeeded = JAVASCRIPT_OPTIONS.some((option) => fields[option] !== undefined) || readClientOptions(fields.clientOptions).needJavaScript;
  const usesJavaScript = fields.client !== undefined || isNeeded;
  if (usesJavaScript && isAvailable(fields)) throw new Error(`${className}: ${NEEDS_NATIVE}`);
  if (usesJavaScript) warnOfNativeOptions(className, fields);
  const configure = (own: ConnectionOptions, ownRegion: string): ClientConfiguration => nativeConfiguration(className, { ...own, maxRetries }, ownRegion, secrets, service);
  return {
    native: configure(fields, region),
    availability: availabilityOf(fields, region, configure),
    javaScript: { service, given: fields.client, configuration: () => javaScriptConfiguration(fields, region, secrets), headers: fields.defaultHeaders, isNeeded },
    maxConcurrency: fields.maxConcurrency,
    rateLimit: fields.rateLimit && givenMembers(fields.rateLimit),
  };
}

/** Options that only AWS's client for JavaScript takes. */
const JAVASCRIPT_OPTIONS = ["ignoreCache", "mfaCodeProvider", "roleAssumer", "roleAssumerWithWebIdentity"] as const;

/** The configuration of a native client: the constructor's options, else environment variables. */
function nativeConfiguration(className: string, fields: ConnectionOptions, region: string, secrets: Secrets, service: AwsService): ClientConfiguration {
  return {
    environment: environmentOf(service),
    region: region || undefined,
    endpointUrl: fields.endpointUrl ?? endpointOf(fields.endpointHost) ?? endpointOfEnvironment(ENDPOINT_VARIABLES[service.client]),
    useFipsEndpoint: fields.useFipsEndpoint,
    useDualstackEndpoint: fields.useDualstackEndpoint,
    ...resolveAuthentication(className, fields, secrets),
    profile: fields.profile ?? getEnvironmentVariable("AWS_PROFILE"),
    filepath: fields.filepath,
    configFilepath: fields.configFilepath,
    headers: fields.defaultHeaders,
    maxAttempts: fields.maxRetries === undefined ? undefined : fields.maxRetries + 1,
    retryMode: fields.retryMode,
    appName: fields.userAgent,
    network: networkOptions(fields),
  };
}

const ENDPOINT_VARIABLES: Record<AwsService["client"], string> = {
  BedrockRuntimeClient: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
  BedrockAgentRuntimeClient: "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME",
  KendraClient: "AWS_ENDPOINT_URL_KENDRA",
};

/** The environment; for another service without the endpoint of Bedrock's models, which the core would take for that of any service. */
function environmentOf(service: AwsService): Record<string, string> {
  const environment = environmentSnapshot();
  if (service === BEDROCK_RUNTIME) return environment;
  const { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: _, ...others } = environment;
  return others;
}
