import type { ClientOptions } from "../types/aws_client.js";
import type { ConnectionOptions } from "../types/connection.js";
import type { Secrets } from "./authentication.js";

/** Options that AWS's own search for credentials takes. */
const PROVIDER_OPTIONS = [
  "profile",
  "filepath",
  "configFilepath",
  "ignoreCache",
  "mfaCodeProvider",
  "roleAssumer",
  "roleArn",
  "webIdentityTokenFile",
  "roleAssumerWithWebIdentity",
] as const satisfies (keyof ConnectionOptions)[];

/** The configuration of AWS's client for JavaScript, as `@langchain/aws` makes it, and with those of our options that this client has too. */
export function javaScriptConfiguration(fields: ConnectionOptions, region: string, secrets: Secrets): ClientOptions {
  return {
    ...fields.clientOptions,
    ...pick(fields, PROVIDER_OPTIONS),
    ...pick(fields, ["retryMode", "useFipsEndpoint", "useDualstackEndpoint"]),
    ...(region && { region }),
    ...(fields.maxRetries !== undefined && { maxAttempts: fields.maxRetries + 1 }),
    ...(fields.userAgent && { customUserAgent: fields.userAgent }),
    ...endpoint(fields),
    ...authentication(fields, secrets),
  } as ClientOptions;
}

/** A host without a scheme is called over https. */
export function endpointOf(host: string | undefined): string | undefined {
  return host === undefined || host.includes("://") ? host : `https://${host}`;
}

function pick<Name extends keyof ConnectionOptions>(fields: ConnectionOptions, names: readonly Name[]): object {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

function endpoint({ endpointUrl, endpointHost }: ConnectionOptions): { endpoint?: string } {
  const url = endpointUrl ?? endpointOf(endpointHost);
  return url === undefined ? {} : { endpoint: url };
}

function authentication({ noAuth, credentials }: ConnectionOptions, secrets: Secrets): object {
  const { bedrockBearerToken, bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken } = secrets;
  if (noAuth) return UNSIGNED;
  if (bedrockBearerToken) {
    const token = async (): Promise<object> => ({ token: typeof bedrockBearerToken === "function" ? await bedrockBearerToken() : bedrockBearerToken });
    return { authSchemePreference: ["httpBearerAuth"], token };
  }
  if (credentials) return { credentials };
  if (!bedrockApiKey || !bedrockApiSecret) return {};
  return { credentials: { accessKeyId: bedrockApiKey, secretAccessKey: bedrockApiSecret, sessionToken: bedrockApiSessionToken } };
}

/** AWS's client always signs: with credentials that nothing uses, and a signer that signs nothing. */
const UNSIGNED = { credentials: { accessKeyId: "none", secretAccessKey: "none" }, signer: { sign: async (request: unknown) => request } };
