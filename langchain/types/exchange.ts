/** What the caller wants to see of an exchange beside its answer, and what is known of it. */
export interface Exchange {
  wantsHeaders: boolean;
  wantsRaw: boolean;
  /** The headers of the answer, by lower-case name. */
  headers?: Record<string, string>;
}
