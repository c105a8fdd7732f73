/** Static AWS credentials. */
export interface AwsCredentialIdentity {
  /** Such as `AKIA…`, or `ASIA…` of temporary credentials. */
  readonly accessKeyId: string;
  /** Never shown in errors, logs or dumps of the model. */
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** When they expire. A function is called again before that, in the background; keys without it are kept until Bedrock refuses them. */
  readonly expiration?: Date;
}

/**
 * AWS credentials, or a function that fetches them: called before the first request, before they expire, and when Bedrock refuses them. Requests that need
 * them at the same time share one call of it. What it throws is thrown by the requests that have no good keys.
 */
export type CredentialType = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);
