import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { ClientConfiguration } from "../connection/shared_client.js";
import { readClientOptions } from "./client_options.js";
import { resolveAuthentication, type Secrets } from "./authentication.js";
import { environmentSnapshot } from "./environment.js";
import { networkOptions } from "./network.js";
import type { ConnectionOptions } from "../types/connection.js";

/** The constructor's options, those in `clientOptions` included; of both, the constructor's own. */
export function withClientOptions<Fields extends ConnectionOptions>(className: string, fields: Fields): Fields {
  return { ...readClientOptions(className, fields.clientOptions), ...givenMembers(fields) };
}

/** The members that were given: `null`, which options have that were read from JSON, counts as left out. */
export function givenMembers<Members extends object>(object: Members): Members {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null)) as Members;
}

/** Empty when only the AWS profile or the instance metadata has it, which the first call reads. */
export function resolveRegion({ region }: ConnectionOptions): string {
  return region ?? getEnvironmentVariable("AWS_REGION") ?? getEnvironmentVariable("AWS_DEFAULT_REGION") ?? "";
}

/** The configuration of a native client: the constructor's options, else environment variables. */
export function connectionOptions(className: string, fields: ConnectionOptions, region: string, secrets: Secrets): ClientConfiguration {
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

/** A host without a scheme is called over https. */
function endpointOf(host: string | undefined): string | undefined {
  return host === undefined || host.includes("://") ? host : `https://${host}`;
}
