/** A change of a request that Bedrock would otherwise refuse: in `response_metadata.warnings` of the answer, and of a stream's last chunk. */
export interface RequestWarning {
  /** The kind of change, such as `tool_choice_adapted`. */
  code: string;
  /** One sentence: what was changed, and why. */
  message: string;
  /** The member of the request, such as `toolConfig.toolChoice`. */
  path: string;
}
