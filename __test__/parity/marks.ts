/** Short ways to write down a difference, and the wire's shapes that it is about. */
import type { Difference } from "./types.js";

/** The request is another one; `ours` is the whole body. */
export function request(why: string, ours: object): Difference {
  return { what: "request", why, ours };
}

/** The error is another one, or there is one; `ours` is its message or more. */
export function error(why: string, ours: string | object): Difference {
  return { what: "error", why, ours: typeof ours === "string" ? { message: ours } : ours };
}

/** The message of `invoke` differs in the members of `ours`. */
export function message(why: string, ours: object): Difference {
  return { what: "message", why, ours };
}

/** The message that the chunks add up to differs in the members of `ours`. */
export function chunks(why: string, ours: object): Difference {
  return { what: "chunks", why, ours };
}

/** The message that LangChain makes of the content-block events differs in the members of `ours`. */
export function events(why: string, ours: object): Difference {
  return { what: "events", why, ours };
}

/** The body of a request with one question. */
export function asked(...content: object[]): { messages: object[] } {
  return { messages: [user(...content)] };
}

export function user(...content: object[]): object {
  return { role: "user", content };
}

export function assistant(...content: object[]): object {
  return { role: "assistant", content };
}

export function wireToolUse(name: string, input: object, toolUseId: string = "call_1"): object {
  return { toolUse: { toolUseId, name, input } };
}

export function wireToolResult(content: object[], toolUseId: string = "call_1", members: object = {}): object {
  return { toolResult: { toolUseId, content, ...members } };
}
