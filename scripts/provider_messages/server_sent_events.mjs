/** Events of a stream as text; each has its name in `type`, as in Anthropic's API and OpenAI's Responses API. */
export function serverSentEvents(events) {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** Events without a name. `end` is what the provider sends behind the last one. */
export function dataOnlyEvents(events, end = "data: [DONE]\n\n") {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("") + end;
}

/** A text as a stream has it: in two pieces, or one if it is a character. */
export function halves(text) {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((half) => half !== "");
}
