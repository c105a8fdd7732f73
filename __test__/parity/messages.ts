import { AIMessage, type BaseMessage, HumanMessage, type MessageContent, SystemMessage, ToolMessage } from "@langchain/core/messages";

/** Content as users write it, whatever LangChain's types say of it. */
export type Content = string | unknown[];

export function human(...content: unknown[]): HumanMessage {
  return new HumanMessage({ content: contentOf(content) });
}

export function system(...content: unknown[]): SystemMessage {
  return new SystemMessage({ content: contentOf(content) });
}

/** An answer of Bedrock's, as it comes out of this package. */
export function ai(...content: unknown[]): AIMessage {
  return new AIMessage({ content: contentOf(content), response_metadata: { model_provider: "bedrock-converse" } });
}

/** An AI message that says who made it, or nothing of that. */
export function aiOf(model_provider: string | undefined, fields: { content: Content; tool_calls?: object[]; response_metadata?: object }): AIMessage {
  const response_metadata = { ...fields.response_metadata, ...(model_provider === undefined ? {} : { model_provider }) };
  return new AIMessage({ ...(fields as object), content: fields.content as string, response_metadata });
}

/** An answer that calls tools: pairs of name and input, with the ids `call_1`, `call_2` and so on. */
export function aiCalling(content: Content, ...calls: [name: string, args: Record<string, unknown>][]): AIMessage {
  const tool_calls = calls.map(([name, args], index) => ({ id: `call_${index + 1}`, name, args, type: "tool_call" as const }));
  return aiOf("bedrock-converse", { content, tool_calls });
}

export function toolResult(content: Content, tool_call_id: string = "call_1", fields: object = {}): ToolMessage {
  return new ToolMessage({ content: content as MessageContent as string, tool_call_id, ...fields });
}

/** What the model asks for and is given, with `result` for the tool's message. */
export function toolTurn(result: ToolMessage): BaseMessage[] {
  return [human("Weather in Paris?"), aiCalling("", ["get_weather", { city: "Paris" }]), result];
}

function contentOf(content: unknown[]): string {
  return (content.length === 1 && typeof content[0] === "string" ? content[0] : content) as string;
}

export const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const JPEG = "/9j/4AAQSkZJRgABAQEASABIAAD/2Q==";
export const PDF = Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64");

export function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}
