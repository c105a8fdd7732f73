import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { ClientOptions } from "./clients.js";
import { resolveAuthentication, type Secrets } from "./credentials.js";
import { networkOptions } from "./network.js";
import type { ChatBedrockConverseInput } from "./types.js";

/** The connection that a constructor's options describe; what they leave open, the environment's variables say. */
export function connectionOptions(fields: ChatBedrockConverseInput, region: string, secrets: Secrets): ClientOptions {
  return {
    region: region || undefined,
    endpointUrl: fields.endpointUrl ?? endpointOf(fields.endpointHost) ?? configuredEndpoint(),
    useFipsEndpoint: fields.useFipsEndpoint,
    useDualstackEndpoint: fields.useDualstackEndpoint,
    ...resolveAuthentication(fields, secrets),
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

/** AWS's own variables for another endpoint. */
function configuredEndpoint(): string | undefined {
  if (getEnvironmentVariable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") === "true") return undefined;
  return getEnvironmentVariable("AWS_ENDPOINT_URL_BEDROCK_RUNTIME") ?? getEnvironmentVariable("AWS_ENDPOINT_URL");
}

/** A host is called over https; one that names its scheme keeps it. */
function endpointOf(host: string | undefined): string | undefined {
  return host === undefined || host.includes("://") ? host : `https://${host}`;
}
