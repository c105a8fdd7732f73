import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { ClientConfiguration } from "../connection/shared_client.js";
import type { AwsCredentialIdentity, ChatBedrockConverseInput } from "../types/chat.js";

/** The secrets of a configuration. An option has precedence over its environment variable. */
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

/** How requests are authenticated, as the native client takes it. The order is that of `@langchain/aws`: a bearer token has precedence over credentials. */
export type Authentication = Pick<ClientConfiguration, "isUnsigned" | "bearerToken" | "credentials" | "webIdentity">;

export function resolveAuthentication(fields: ChatBedrockConverseInput, secrets: Secrets): Authentication {
  const { bedrockBearerToken, bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken } = secrets;
  if (fields.noAuth) return { isUnsigned: true };
  // A function is called before each request, and the request carries its token.
  if (typeof bedrockBearerToken === "function") return { isUnsigned: true };
  if (bedrockBearerToken) return { bearerToken: bedrockBearerToken };
  const credentials = fields.credentials ?? identity(bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken);
  if (credentials) return { credentials };
  if (fields.roleArn) return { webIdentity: webIdentity(fields.roleArn, fields.webIdentityTokenFile) };
  // A named profile has precedence over keys in the environment.
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
 * The first provider of the AWS chain; the addon has the others. It reads `process.env`, which in a worker or a test runner is not the
 * environment of the process.
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
