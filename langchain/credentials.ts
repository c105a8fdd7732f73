import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { ClientOptions } from "./clients.js";
import type { NativeCredentials } from "./native.js";
import type { AwsCredentialIdentity, ChatBedrockConverseInput, CredentialType } from "./types.js";

/** The secrets of a configuration, options before environment. */
export interface Secrets {
  bedrockApiKey?: string;
  bedrockApiSecret?: string;
  bedrockApiSessionToken?: string;
  bedrockBearerToken?: ChatBedrockConverseInput["bedrockBearerToken"];
}

export function resolveSecrets(fields: ChatBedrockConverseInput): Secrets {
  return {
    bedrockApiKey: fields.bedrockApiKey ?? getEnvironmentVariable("BEDROCK_AWS_ACCESS_KEY_ID"),
    bedrockApiSecret: fields.bedrockApiSecret ?? getEnvironmentVariable("BEDROCK_AWS_SECRET_ACCESS_KEY"),
    bedrockApiSessionToken: fields.bedrockApiSessionToken ?? getEnvironmentVariable("BEDROCK_AWS_SESSION_TOKEN"),
    bedrockBearerToken: fields.bedrockBearerToken ?? getEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK"),
  };
}

/** Who vouches for requests, as the native client takes it. The order is the peer's: a bearer token beats credentials. */
export type Authentication = Pick<ClientOptions, "isUnsigned" | "bearerToken" | "credentials" | "webIdentity">;

export function resolveAuthentication(fields: ChatBedrockConverseInput, secrets: Secrets): Authentication {
  const { bedrockBearerToken, bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken } = secrets;
  if (fields.noAuth) return { isUnsigned: true };
  // A function is asked before each call, and the call brings its token.
  if (typeof bedrockBearerToken === "function") return { isUnsigned: true };
  if (bedrockBearerToken) return { bearerToken: bedrockBearerToken };
  const credentials = fields.credentials ?? identity(bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken);
  if (credentials) return { credentials };
  if (fields.roleArn) return { webIdentity: webIdentity(fields.roleArn, fields.webIdentityTokenFile) };
  // A profile that is named beats keys that happen to be in the environment.
  return (fields.profile ?? getEnvironmentVariable("AWS_PROFILE")) ? {} : { credentials: environmentCredentials() };
}

function webIdentity(roleArn: string, file: string | undefined): { roleArn: string; tokenFile: string } {
  const tokenFile = file ?? getEnvironmentVariable("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (tokenFile) return { roleArn, tokenFile };
  throw new Error(
    "ChatBedrockConverse: roleArn needs webIdentityTokenFile (or AWS_WEB_IDENTITY_TOKEN_FILE). To assume a role otherwise, name a profile with role_arn in `profile`, or pass `credentials` as a function.",
  );
}

/**
 * The first link of the AWS chain. The rest of it is the addon's, but `process.env` is JavaScript's: in a worker or a test runner it is not
 * the process's environment.
 */
function environmentCredentials(): AwsCredentialIdentity | undefined {
  return identity(
    getEnvironmentVariable("AWS_ACCESS_KEY_ID"),
    getEnvironmentVariable("AWS_SECRET_ACCESS_KEY"),
    getEnvironmentVariable("AWS_SESSION_TOKEN"),
  );
}

function identity(accessKeyId?: string, secretAccessKey?: string, sessionToken?: string): AwsCredentialIdentity | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** Credentials as the addon asks for them, and what the user's function threw last. */
export interface CredentialsSource {
  /** Resolves with `null` when the user's function threw: an error cannot pass through the addon and stay the same object. */
  provide: () => Promise<NativeCredentials | null>;
  thrown?: unknown;
}

export function credentialsSource(credentials: CredentialType): CredentialsSource {
  const source: CredentialsSource = {
    provide: async () => {
      try {
        return await readCredentials(credentials);
      } catch (error) {
        source.thrown = error;
        return null;
      }
    },
  };
  return source;
}

/** Calls the function, if it is one, and checks what it gives. */
export async function readCredentials(credentials: CredentialType): Promise<NativeCredentials> {
  const identity: Partial<AwsCredentialIdentity> = (typeof credentials === "function" ? await credentials() : credentials) ?? {};
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = identity;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new Error("`credentials` must be, or resolve to, an object with the strings accessKeyId and secretAccessKey.");
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration === undefined ? undefined : Number(expiration) };
}
