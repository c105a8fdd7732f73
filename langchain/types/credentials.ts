/** Static AWS credentials. */
export interface AwsCredentialIdentity {
  /** Such as `AKIA…`, or `ASIA…` of temporary credentials. */
  readonly accessKeyId: string;
  /** Never shown in errors, logs or dumps of the model. */
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** Expiry; a provider function is called again before it. */
  readonly expiration?: Date;
}

/** AWS credentials, or a function that fetches them: called before the first request and again before they expire. */
export type CredentialType = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);
