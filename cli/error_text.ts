/** The message of an error, with a hint if there is one. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, hint } = error as Error & { hint?: string };
  const said = name === "Error" || message.startsWith(name) ? message : `${name}: ${message}`;
  if (hint) return `${said}\n${hint}`;
  if (name === "CredentialsProviderError") {
    return `${said}\nSet AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in: aws configure, aws sso login.`;
  }
  return said;
}
