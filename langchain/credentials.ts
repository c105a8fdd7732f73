import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { NativeCredentials } from "./native.js";
import type { AwsCredentialIdentity, ChatBedrockConverseInput, CredentialType } from "./types.js";

/** The secrets of a configuration, options before environment. Bearer token beats credentials, as with the peer. */
export interface Secrets {
  bedrockApiKey?: string;
  bedrockApiSecret?: string;
  bedrockApiSessionToken?: string;
  bedrockBearerToken?: string;
  credentials?: CredentialType;
}

export function resolveSecrets(fields: ChatBedrockConverseInput): Secrets {
  const bedrockApiKey = fields.bedrockApiKey ?? getEnvironmentVariable("BEDROCK_AWS_ACCESS_KEY_ID");
  const bedrockApiSecret = fields.bedrockApiSecret ?? getEnvironmentVariable("BEDROCK_AWS_SECRET_ACCESS_KEY");
  const bedrockApiSessionToken = fields.bedrockApiSessionToken ?? getEnvironmentVariable("BEDROCK_AWS_SESSION_TOKEN");
  return {
    bedrockApiKey,
    bedrockApiSecret,
    bedrockApiSessionToken,
    bedrockBearerToken: fields.bedrockBearerToken ?? getEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK"),
    credentials:
      fields.credentials ??
      identity(bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken) ??
      (fields.profile === undefined ? environmentCredentials() : undefined),
  };
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
        return writeCredentials(typeof credentials === "function" ? await credentials() : credentials);
      } catch (error) {
        source.thrown = error;
        return null;
      }
    },
  };
  return source;
}

function writeCredentials(identity: AwsCredentialIdentity): NativeCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = identity ?? {};
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") {
    throw new Error("`credentials` must be, or resolve to, an object with the strings accessKeyId and secretAccessKey.");
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration === undefined ? undefined : Number(expiration) };
}
