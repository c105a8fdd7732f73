import type { AIMessage, BaseMessage, ChatMessage, ToolMessage } from "@langchain/core/messages";
import type { Attachment } from "./native.js";
import type { BedrockPromptCacheControl, ConverseInvocationParams } from "./types.js";

/** A request as the addon takes it: JSON text, and beside it the bytes that the JSON names by `{"$attachment": index}`. */
export interface NativeRequest {
  modelId: string;
  json: string;
  attachments: Attachment[];
}

/** A string at least this long goes beside the JSON when it can be base64: there it is copied once, inside it would also be escaped and scanned. */
const LONG = 16 * 1024;

/** The members of a content block that hold base64 or a data URL in one dialect or another. */
const MEDIA_MEMBERS = new Set(["data", "url", "image_url", "bytes", "file_data"]);

/** Writes down a call. Nothing is converted here: what a block means is the core's business. */
export function writeRequest(
  modelId: string,
  messages: BaseMessage[],
  params: ConverseInvocationParams,
  cacheControl: BedrockPromptCacheControl | undefined,
): NativeRequest {
  const attachments: Attachment[] = [];
  const json = JSON.stringify({
    modelId,
    messages: messages.map((message) => writeMessage(message, attachments)),
    cacheControl,
    ...params,
  });
  return { modelId, json, attachments };
}

function writeMessage(message: BaseMessage, attachments: Attachment[]): Record<string, unknown> {
  const { content } = message;
  const { tool_calls } = message as AIMessage;
  const { tool_call_id, status } = message as ToolMessage;
  const metadata: Record<string, unknown> = message.response_metadata ?? {};
  return {
    type: message.type,
    content: typeof content === "string" ? content : content.map((block) => detachBlock(block, attachments)),
    role: (message as ChatMessage).role,
    tool_calls: tool_calls?.length ? tool_calls : undefined,
    tool_call_id,
    status,
    name: message.name,
    output_version: metadata.output_version,
    model_provider: metadata.model_provider,
  };
}

function detachBlock(block: unknown, attachments: Attachment[]): unknown {
  const isPlain = typeof block !== "object" || block === null || (block as { type?: unknown }).type === "text";
  return isPlain ? block : detach(block, "", attachments);
}

/** Replaces bytes, at any depth, by their place among the attachments; a value without any is returned as it is. */
function detach(value: unknown, member: string, attachments: Attachment[]): unknown {
  if (typeof value === "string") {
    return value.length >= LONG && MEDIA_MEMBERS.has(member) ? attach(value, attachments) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const bytes = asBytes(value);
  if (bytes !== undefined) return attach(bytes, attachments);
  if (Array.isArray(value)) {
    // An array of a hundred thousand numbers is bytes that went through JSON; the core reads it as it is.
    return typeof value[0] === "number" ? value : value.map((element) => detach(element, member, attachments));
  }
  return detachMembers(value as Record<string, unknown>, attachments);
}

function detachMembers(object: Record<string, unknown>, attachments: Attachment[]): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const [member, value] of Object.entries(object)) {
    const detached = detach(value, member, attachments);
    if (detached !== value) (copy ??= { ...object })[member] = detached;
  }
  return copy ?? object;
}

function attach(value: Attachment, attachments: Attachment[]): { $attachment: number } {
  return { $attachment: attachments.push(value) - 1 };
}

/** Bytes of any kind and of any realm, as a view of them. */
function asBytes(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value as ArrayBuffer) : undefined;
}
