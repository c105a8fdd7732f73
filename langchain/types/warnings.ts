/**
 * A change of a request that Bedrock would otherwise refuse, or what kept it from being read from the prompt cache: in `response_metadata.warnings` of the
 * answer, and of a stream's last chunk.
 */
export interface RequestWarning {
  /** The kind of change, such as `tool_choice_adapted`. */
  code: string;
  /** A sentence or two: what was changed, and why. */
  message: string;
  /** The place in the request, such as `toolConfig.toolChoice`. */
  path: string;
}
