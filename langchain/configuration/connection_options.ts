import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { ModelConnectionOptions } from "../connection/model_connection.js";
import type { ClientConfiguration } from "../connection/shared_client.js";
import { readClientOptions } from "./client_options.js";
import { resolveAuthentication, type Secrets } from "./authentication.js";
import { environmentSnapshot } from "./environment.js";
import { endpointOf, javaScriptConfiguration } from "./javascript_client.js";
import { networkOptions } from "./network.js";
import { warnOfNativeOptions } from "./option_checks.js";
import type { ConnectionOptions } from "../types/connection.js";

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

/** How a model with these options, those in `clientOptions` included, reaches Bedrock. `ofNative` are further options of the native client. */
export function connectionOptions(
  className: string,
  fields: ConnectionOptions & { maxConcurrency?: number },
  region: string,
  secrets: Secrets,
  ofNative: Pick<ConnectionOptions, "maxRetries"> = {},
): ModelConnectionOptions {
  const isNeeded = JAVASCRIPT_OPTIONS.some((option) => fields[option] !== undefined) || readClientOptions(fields.clientOptions).needJavaScript;
  if (fields.client !== undefined || isNeeded) warnOfNativeOptions(className, fields);
  return {
    native: nativeConfiguration(className, { ...fields, ...ofNative }, region, secrets),
    javaScript: { given: fields.client, configuration: () => javaScriptConfiguration(fields, region, secrets), headers: fields.defaultHeaders, isNeeded },
    maxConcurrency: fields.maxConcurrency,
  };
}

/** Options that only AWS's client for JavaScript takes. */
const JAVASCRIPT_OPTIONS = ["ignoreCache", "mfaCodeProvider", "roleAssumer", "roleAssumerWithWebIdentity"] as const;

/** The configuration of a native client: the constructor's options, else environment variables. */
function nativeConfiguration(className: string, fields: ConnectionOptions, region: string, secrets: Secrets): ClientConfiguration {
  return {
    environment: environmentSnapshot(),
    region: region || undefined,
    endpointUrl: fields.endpointUrl ?? endpointOf(fields.endpointHost) ?? configuredEndpoint(),
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

/** The endpoint that AWS's environment variables name. */
function configuredEndpoint(): string | undefined {
  if (getEnvironmentVariable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") === "true") return undefined;
  return getEnvironmentVariable("AWS_ENDPOINT_URL_BEDROCK_RUNTIME") ?? getEnvironmentVariable("AWS_ENDPOINT_URL");
}
