import { version } from "../version.js";
import type { BatchJobState } from "../types/batch.js";
import { mistake } from "./mistake.js";

/** What is known of a batch in another process: where its files and its jobs are, and nothing of what they hold. */
export interface Manifest {
  /** Of the manifest's form. */
  version: 1;
  writer: string;
  name: string;
  /** A hash of all settings but the inputs. */
  settings: string;
  /** Model id or ARN. */
  modelId: string;
  /** URIs of folders. */
  input: string;
  output: string;
  /** What CreateModelInvocationJob gets for each job beside its name, token and input. */
  request: object;
  /** Whether all inputs were submitted. */
  isComplete: boolean;
  /** The number of records that were written. */
  records: number;
  /** What was changed in requests: by warning code, how often, and the index of the first input. */
  changes: ManifestChange[];
  jobs: ManifestJob[];
}

export interface ManifestChange {
  code: string;
  count: number;
  first: number;
}

/** A file of a job. */
export interface ManifestFile {
  key: string;
  /** The index of its first record. */
  first: number;
  records: number;
  bytes: number;
}

export interface ManifestJob {
  /** The key of the folder of its files. */
  folder: string;
  token: string;
  records: number;
  files: ManifestFile[];
  name: string;
  /** Absent until Bedrock has taken the job. */
  arn?: string;
  /** What is known of it; final states are not asked for again. */
  state: BatchJobState;
  message?: string;
  counts?: { processed: number; succeeded: number; failed: number };
}

/** A manifest that a caller kept by itself, checked. */
export function checkManifest(manifest: unknown, place: string): Manifest {
  const { version: form, jobs, settings, modelId } = (manifest ?? {}) as Partial<Manifest>;
  if (form === 1 && Array.isArray(jobs) && typeof settings === "string" && typeof modelId === "string") return manifest as Manifest;
  const newer = typeof form === "number" && form > 1 ? `, but of a later form than version ${version} of langchain-aws-native reads` : "";
  throw mistake(`BedrockBatch: ${place} is no manifest of a batch${newer}.`);
}
