import { createHash, type Hash } from "node:crypto";
import type { BaseMessage } from "@langchain/core/messages";

/** A hash of what stays the same while a conversation goes on: its tools, its system text and its first message. It does not depend on the model. */
export function hashConversation(messages: BaseMessage[], toolConfig: object | undefined): string {
  const hash = createHash("sha256");
  update(hash, toolConfig);
  for (const { type, content } of messages) {
    update(hash, type);
    update(hash, content);
    if (type !== "system") break;
  }
  return hash.digest("base64url");
}

function update(hash: Hash, value: unknown): void {
  if (typeof value === "string") hash.update(`"${value.length}:`).update(value);
  else if (ArrayBuffer.isView(value)) hash.update("<").update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  else if (typeof value === "object" && value !== null) {
    hash.update("{");
    for (const [name, member] of Object.entries(value)) {
      update(hash, name);
      update(hash, member);
    }
    hash.update("}");
  } else hash.update(String(value));
}
