import { endpointOfEnvironment } from "../configuration/endpoint_variables.js";
import { CREDENTIALS_OF_CONSTRUCTOR, ENDPOINT_URL, OBJECT, type OptionType, POSITIVE_INTEGER, STRING_RECORD, TEXT } from "../configuration/option_types.js";
import type { CredentialType } from "../types/credentials.js";
import type { BatchEndpoints } from "./batch_connection.js";
import { mistake } from "./mistake.js";

/**
 * Quotas of jobs, where yours are not Bedrock's defaults: in the table of https://docs.aws.amazon.com/general/latest/gr/bedrock.html#limits_bedrock
 * these are the same for all models of text (as of June 2025), apart from `maxBytesPerJob`, which has been raised for some. Service Quotas has those of an
 * account and a model.
 */
export interface BatchQuotaOptions {
  /** Records of a job at most. Default: 50,000. */
  maxRecordsPerJob?: number;
  /** Records of a job at least. Default: 100. */
  minRecordsPerJob?: number;
  /** Records of a file at most. Default: 50,000. */
  maxRecordsPerFile?: number;
  /** Bytes of a file at most. Default: 1,000,000,000. */
  maxBytesPerFile?: number;
  /** Bytes of all files of a job at most. Default: 5,000,000,000. */
  maxBytesPerJob?: number;
}

/** How jobs are reached and made. */
export interface BatchJobOptions extends BatchQuotaOptions {
  /** Where the batch is written down as it proceeds, for `BedrockBatch.resume`: a file, or an object (`s3://bucket/jobs.json`). By default nowhere. */
  manifest?: string;
  /** A URL in place of S3's, with buckets in its path. Default: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else AWS's endpoint in the region. */
  s3EndpointUrl?: string;
  /** A URL in place of Bedrock's control plane. Default: the model's `endpointUrl`, AWS_ENDPOINT_URL_BEDROCK or AWS_ENDPOINT_URL, else AWS's endpoint in the region. */
  bedrockEndpointUrl?: string;
  /** Credentials for S3 and for jobs, where they are not the model's. */
  credentials?: CredentialType;
  /** Bytes of a part of a file on its way to S3, of which four are in memory: at least 5 MiB, the default. */
  partSize?: number;
  /** Hours after which Bedrock ends a job, 24 to 168. Default: Bedrock's own, 24. */
  timeoutDurationInHours?: number;
  /** Tags of the jobs. */
  tags?: Record<string, string>;
  /** The network in which jobs read and write their files. */
  vpcConfig?: { subnetIds: string[]; securityGroupIds: string[] };
  /** Id, alias or ARN of the KMS key by which the output is encrypted. */
  s3EncryptionKeyId?: string;
}

const MIN_PART = 5 * 1024 * 1024;
const MAX_PART = 512 * 1024 * 1024;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000;

function wholeNumber(least: number, most: number): OptionType {
  return { expected: `a whole number from ${least} to ${most}`, accepts: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most };
}

export const BATCH_JOB_OPTIONS: Record<string, OptionType> = {
  maxRecordsPerJob: POSITIVE_INTEGER,
  minRecordsPerJob: POSITIVE_INTEGER,
  maxRecordsPerFile: POSITIVE_INTEGER,
  maxBytesPerFile: POSITIVE_INTEGER,
  maxBytesPerJob: POSITIVE_INTEGER,
  s3EndpointUrl: ENDPOINT_URL,
  bedrockEndpointUrl: ENDPOINT_URL,
  credentials: CREDENTIALS_OF_CONSTRUCTOR,
  partSize: wholeNumber(MIN_PART, MAX_PART),
  timeoutDurationInHours: wholeNumber(24, 168),
  tags: STRING_RECORD,
  vpcConfig: OBJECT,
  s3EncryptionKeyId: TEXT,
};

export type Quotas = Required<BatchQuotaOptions> & { partSize: number };

export function quotasOf(options: BatchJobOptions): Quotas {
  const { maxRecordsPerJob = 50_000, minRecordsPerJob = 100, maxRecordsPerFile = 50_000, maxBytesPerFile = 1_000_000_000, maxBytesPerJob = 5_000_000_000, partSize = MIN_PART } = options;
  if (minRecordsPerJob > maxRecordsPerJob) {
    throw mistake(`BedrockBatch: minRecordsPerJob must not exceed maxRecordsPerJob, but it is ${minRecordsPerJob}, and that is ${maxRecordsPerJob}.`);
  }
  if (maxBytesPerFile > MAX_PARTS * partSize) {
    throw mistake(`BedrockBatch: a file has ${MAX_PARTS} parts at most, so with maxBytesPerFile ${maxBytesPerFile} partSize must be at least ${Math.ceil(maxBytesPerFile / MAX_PARTS)}, but it is ${partSize}.`);
  }
  return { maxRecordsPerJob, minRecordsPerJob, maxRecordsPerFile, maxBytesPerFile, maxBytesPerJob, partSize };
}

/** Where jobs and S3 are: options, else environment variables. */
export function endpointsOf({ s3EndpointUrl, bedrockEndpointUrl, credentials }: BatchJobOptions, modelEndpoint: string | undefined): BatchEndpoints {
  return {
    s3EndpointUrl: s3EndpointUrl ?? endpointOfEnvironment("AWS_ENDPOINT_URL_S3"),
    bedrockEndpointUrl: bedrockEndpointUrl ?? (modelEndpoint === undefined ? endpointOfEnvironment("AWS_ENDPOINT_URL_BEDROCK") : undefined),
    credentials,
  };
}
