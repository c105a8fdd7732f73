import type * as aws from "@aws-sdk/client-bedrock-runtime";

/** The members of the module that are used. */
type AwsModule = typeof aws;

export function load(): AwsModule;
export function findLoaded(): AwsModule | undefined;
