import type { AIMessage, BaseMessage, ChatMessage, ToolMessage } from "@langchain/core/messages";

/** What a request has of a message beside its type and its content. Each member exists, so that V8 gives all of these objects one shape. */
export interface MessageMembers {
  role: string | undefined;
  tool_calls: AIMessage["tool_calls"];
  invalid_tool_calls: AIMessage["invalid_tool_calls"];
  said: string | undefined;
  tool_call_id: string | undefined;
  status: ToolMessage["status"];
  name: string | undefined;
  output_version: unknown;
  model_provider: unknown;
  model_name: unknown;
}

export function membersOf(message: BaseMessage): MessageMembers {
  const { name, response_metadata } = message;
  const { role } = message as ChatMessage;
  const { tool_calls, invalid_tool_calls } = message as AIMessage;
  const { tool_call_id, status } = message as ToolMessage;
  const { output_version, model_provider = providerOf(message), model_name } = (response_metadata ?? {}) as Record<string, unknown>;
  return {
    role,
    tool_calls: tool_calls !== undefined && tool_calls.length > 0 ? tool_calls : undefined,
    invalid_tool_calls: invalid_tool_calls !== undefined && invalid_tool_calls.length > 0 ? invalid_tool_calls : undefined,
    said: tool_calls === undefined ? undefined : saidBeside(message),
    tool_call_id,
    status,
    name,
    output_version,
    model_provider,
    model_name,
  };
}

/** Only the members that a message has; `undefined` if it has none. `JSON.stringify` takes twice as long over objects with members that are `undefined`. */
export function definedMembers(members: MessageMembers): Partial<MessageMembers> | undefined {
  const { role, tool_calls, invalid_tool_calls, said, tool_call_id, status, name, output_version, model_provider, model_name } = members;
  let defined: Partial<MessageMembers> | undefined;
  if (role !== undefined) (defined ??= {}).role = role;
  if (tool_calls !== undefined) (defined ??= {}).tool_calls = tool_calls;
  if (invalid_tool_calls !== undefined) (defined ??= {}).invalid_tool_calls = invalid_tool_calls;
  if (said !== undefined) (defined ??= {}).said = said;
  if (tool_call_id !== undefined) (defined ??= {}).tool_call_id = tool_call_id;
  if (status !== undefined) (defined ??= {}).status = status;
  if (name !== undefined) (defined ??= {}).name = name;
  if (output_version !== undefined) (defined ??= {}).output_version = output_version;
  if (model_provider !== undefined) (defined ??= {}).model_provider = model_provider;
  if (model_name !== undefined) (defined ??= {}).model_name = model_name;
  return defined;
}

/** LangChain's class for Gemini says in its streams only that a message is its own. */
function providerOf({ additional_kwargs }: BaseMessage): string | undefined {
  return additional_kwargs?.["__gemini_function_call_thought_signatures__"] !== undefined ? "google-genai" : undefined;
}

/** What OpenAI's classes keep beside the content: a refusal, or what was said in audio. */
function saidBeside({ additional_kwargs }: BaseMessage): string | undefined {
  const { refusal, audio } = (additional_kwargs ?? {}) as { refusal?: unknown; audio?: { transcript?: unknown } | null };
  const said = refusal ?? audio?.transcript;
  return typeof said === "string" && said !== "" ? said : undefined;
}
