import { getEnvironmentVariable } from "@langchain/core/utils/env";
import { checkHeaderText } from "../connection/credentials.js";
import type { ClientConfiguration } from "../connection/shared_client.js";
import type { ConnectionOptions } from "../types/connection.js";
import type { AwsCredentialIdentity } from "../types/credentials.js";

/** The secrets of a configuration: options, or environment variables if no option chooses how to authenticate. */
export interface Secrets {
  bedrockApiKey?: string;
  bedrockApiSecret?: string;
  bedrockApiSessionToken?: string;
  bedrockBearerToken?: ConnectionOptions["bedrockBearerToken"];
}

export function resolveSecrets(fields: ConnectionOptions): Secrets {
  const { noAuth, bedrockBearerToken, credentials, bedrockApiKey, roleArn, profile } = fields;
  const isChosen = Boolean(noAuth || bedrockBearerToken || credentials || bedrockApiKey || roleArn || profile);
  // Of a key pair, one part may come from an option and the other from the environment.
  const keys = isChosen && !bedrockApiKey ? () => undefined : getEnvironmentVariable;
  return {
    bedrockApiKey: bedrockApiKey ?? keys("BEDROCK_AWS_ACCESS_KEY_ID"),
    bedrockApiSecret: fields.bedrockApiSecret ?? keys("BEDROCK_AWS_SECRET_ACCESS_KEY"),
    bedrockApiSessionToken: fields.bedrockApiSessionToken ?? keys("BEDROCK_AWS_SESSION_TOKEN"),
    bedrockBearerToken: bedrockBearerToken ?? (isChosen ? undefined : getEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK") || undefined),
  };
}

/** How requests are authenticated, as the native client takes it. Of several options the order is that of `@langchain/aws`: a bearer token first. */
export type Authentication = Pick<ClientConfiguration, "isUnsigned" | "bearerToken" | "credentials" | "webIdentity">;

export function resolveAuthentication(className: string, fields: ConnectionOptions, secrets: Secrets): Authentication {
  const { bedrockBearerToken, bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken } = secrets;
  if (fields.noAuth) return { isUnsigned: true };
  // A function is called before each request, and the request carries its token.
  if (typeof bedrockBearerToken === "function") return { isUnsigned: true };
  if (bedrockBearerToken) return { bearerToken: checkHeaderText(bedrockBearerToken, "bedrockBearerToken (or AWS_BEARER_TOKEN_BEDROCK)") };
  const credentials = fields.credentials ?? identity(bedrockApiKey, bedrockApiSecret, bedrockApiSessionToken);
  if (credentials) return { credentials };
  if (fields.roleArn) return { webIdentity: webIdentity(className, fields.roleArn, fields.webIdentityTokenFile) };
  // A named profile has precedence over keys in the environment.
  return (fields.profile ?? getEnvironmentVariable("AWS_PROFILE")) ? {} : { credentials: environmentCredentials() };
}

function webIdentity(className: string, roleArn: string, file: string | undefined): { roleArn: string; tokenFile: string } {
  const tokenFile = file ?? getEnvironmentVariable("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (tokenFile) return { roleArn, tokenFile };
  throw new Error(
    `${className}: roleArn needs webIdentityTokenFile (or AWS_WEB_IDENTITY_TOKEN_FILE). To assume a role otherwise, name a profile with role_arn in \`profile\`, or pass \`credentials\` as a function.`,
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
  checkHeaderText(accessKeyId, "The AWS access key id");
  checkHeaderText(sessionToken, "The AWS session token");
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
