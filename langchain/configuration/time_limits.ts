/**
 * Milliseconds. Bedrock itself ends an inference call after 60 minutes (AWS, "Anthropic Claude Messages API", on Claude 3.7 and 4). A dead connection
 * is found by the network's own probes.
 */
export const LONGEST_ANSWER: number = 3_600_000;

/** Milliseconds. Nothing that `prewarm` does takes longer, unless a person is asked for a one-time password; `responseTimeout` changes it. */
export const PREWARM_TIMEOUT: number = 60_000;

/** Milliseconds. A count of tokens has an approximation in its place, so nobody waits long for it. */
export const COUNT_TIMEOUT: number = 10_000;
