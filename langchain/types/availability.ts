/** Another place where a model can be asked. What it does not name is the model's own: credentials, headers, network, time limits. */
export interface FailoverTarget {
  /** AWS region. The id of an inference profile is changed to the one of its geography (`us.` to `eu.`); its endpoint is AWS's own. */
  region?: string;
  /** A whole URL, of a gateway for example. */
  endpointUrl?: string;
  /** Model id, inference profile id or ARN. Default: the model's. */
  model?: string;
  /** ARN of an application inference profile, called instead of `model`. */
  applicationInferenceProfile?: string;
}

/** A second request for an answer that does not begin in time. */
export interface HedgeOptions {
  /** Milliseconds without the beginning of an answer: the first event of a stream, or the whole answer of `invoke`. */
  after: number;
}

/** Constructor options of failover and hedging. */
export interface AvailabilityOptions<Target extends FailoverTarget = FailoverTarget> {
  /**
   * Targets that are asked in their order when the model's own is throttled, unavailable, cannot be reached or does not answer in time, before the first
   * event of a stream. What a target refuses (400, 403, 404) is not asked again. `maxRetries` retries are those of all targets together. Default: none.
   */
  failover?: Target[];
  /**
   * Milliseconds after which a target that has not begun to answer counts as failed, and another is asked. The last one is waited for. With `invoke` it
   * is the time of the whole answer. 0, the default: no limit but `responseTimeout`, which ends the call.
   */
  failoverAfter?: number;
  /**
   * Asks the next target too when an answer does not begin in time, once for a call; the first to begin is the answer, the other is cancelled. Without
   * `failover` the same target is asked a second time. Both requests may be billed. Default: none.
   */
  hedge?: HedgeOptions;
}

/** A target that was asked. URLs are without user, password and query. */
export interface TargetDescription {
  /** Empty when only the AWS profile or the instance knows it. */
  region: string;
  /** The id or ARN that was called. */
  model: string;
  /** Where options or environment name one. */
  endpointUrl?: string;
}

/** A target that failed, in `targets` of an error. */
export interface FailedTarget extends TargetDescription {
  /** The error's name or code, such as `ThrottlingException` or `ECONNREFUSED`. */
  error: string;
  message: string;
  /** How often it was asked. */
  attempts: number;
}
