/** A conversation that goes on: what was written of it for a request is not written again for the next, and each request has what the messages are then. */
import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock({ strict: false });
});
afterEach(() => bedrock.close());

const IMAGE = { type: "image", mimeType: "image/png", data: "iVBORw0KGgoAAAAN" };

const call = (turn: number) => ({ name: "search", args: { query: `${turn} é 😀`, page: { size: 10, tags: ["a", "b"] } } as Record<string, unknown>, id: `call_${turn}`, type: "tool_call" as const });

/** A question, and calls of a tool with their results, as an agent makes them. */
const question = (): BaseMessage[] => [new SystemMessage("Be brief. ".repeat(5)), new HumanMessage({ content: [{ type: "text", text: "What is known of 漢字? ".repeat(1_000) }] })];
const turn = (number: number): BaseMessage[] => [
  new AIMessage({ content: number % 2 === 0 ? "" : [{ type: "text", text: `I look at page ${number}, which may have it.` }], tool_calls: [call(number)] }),
  new ToolMessage({ content: `Page "${number}"\nhas nothing of it. `.repeat(20), tool_call_id: `call_${number}` }),
];
const conversation = (turns: number): BaseMessage[] => [...question(), ...Array.from({ length: turns }, (_, number) => turn(number)).flat()];

/** The body that is sent for these messages. */
async function sent(messages: BaseMessage[], model = ourModel(bedrock)): Promise<unknown> {
  await model.invoke(messages);
  const request = bedrock.requests.at(-1);
  return JSON.parse(String(request?.rawBody));
}

/** The same conversation, whose requests before have been sent. */
async function continued(turns: number): Promise<BaseMessage[]> {
  const messages = conversation(0);
  for (let number = 0; number < turns; number++) {
    await sent(messages);
    messages.push(...turn(number));
  }
  return messages;
}

test("each turn of an agent has all messages", async () => {
  const messages = conversation(0);
  for (let number = 0; number < 40; number++) {
    expect(await sent(messages)).toEqual(await sent(conversation(number)));
    messages.push(...turn(number));
  }
});

test("what is written for a turn does not grow with the conversation", async () => {
  const messages = conversation(0);
  const lengths: number[] = [];
  const stringify = jest.spyOn(JSON, "stringify");
  for (let number = 0; number < 40; number++) {
    stringify.mockClear();
    await ourModel(bedrock).invoke(messages);
    // Messages in LangChain's form: the endpoint, in this process too, has Converse's.
    lengths.push(stringify.mock.results.reduce((sum, { value }) => sum + (String(value).includes("tool_call_id") ? String(value).length : 0), 0));
    messages.push(...turn(number));
  }
  stringify.mockRestore();
  // The first two requests are written whole.
  expect(Math.max(...lengths.slice(2))).toBeLessThan(400);
  expect(Math.min(...lengths.slice(2))).toBeGreaterThan(100);
});

test("the same request again", async () => {
  const messages = await continued(4);
  const first = await sent(messages);
  expect(await sent(messages)).toEqual(first);
  expect(await sent(messages)).toEqual(await sent(conversation(4)));
});

const as = <Message extends BaseMessage>(message: BaseMessage | undefined): Message & { content: any; response_metadata: any } => message as Message & { content: any; response_metadata: any };
const changes: [string, (messages: BaseMessage[]) => void][] = [
  ["a text", (messages) => void (as(messages[3]).content = "Changed, and long enough to be a text of its own.")],
  ["the text of a block", (messages) => void (as(messages[1]).content[0].text = "Another question?")],
  ["a block more", (messages) => void as(messages[4]).content.push({ type: "text", text: "And one more." })],
  ["a block less", (messages) => void as(messages[1]).content.unshift({ type: "text", text: "Before." })],
  ["a member of a block more", (messages) => void (as(messages[1]).content[0].cache_control = { type: "ephemeral" })],
  ["blocks in place of a text", (messages) => void (as(messages[3]).content = [{ type: "text", text: "As a block." }])],
  ["deep in the arguments of a call", (messages) => void ((as<AIMessage>(messages[4]).tool_calls?.[0]?.args as any).page.tags[1] = "c")],
  ["a member less in the arguments", (messages) => void delete (as<AIMessage>(messages[4]).tool_calls?.[0]?.args as any).page.size],
  ["another member in its place", (messages) => void ((page) => (delete page.size, (page.count = 10)))((as<AIMessage>(messages[4]).tool_calls?.[0]?.args as any).page)],
  ["a list in place of an object", (messages) => void ((as<AIMessage>(messages[4]).tool_calls?.[0]?.args as any).page = [10])],
  ["the id of a call and its result", (messages) => void ((as<AIMessage>(messages[2]).tool_calls![0]!.id = "other"), (as<ToolMessage>(messages[3]).tool_call_id = "other"))],
  ["a call more", (messages) => void (as<AIMessage>(messages[4]).tool_calls?.push(call(99)), messages.splice(6, 0, new ToolMessage({ content: "99", tool_call_id: "call_99" })))],
  ["the status of a result", (messages) => void (as<ToolMessage>(messages[5]).status = "error")],
  ["a refusal beside the content", (messages) => void (as(messages[2]).additional_kwargs = { refusal: "I would rather not." })],
  ["the model that wrote a message", (messages) => void (as(messages[4]).response_metadata = { model_provider: "openai", output_version: "v1" })],
  ["a message less", (messages) => void messages.splice(2, 2)],
  ["the first messages less", (messages) => void messages.splice(0, 1)],
  ["another system message", (messages) => void (messages[0] = new SystemMessage("Be long."))],
  ["a new one that is the same", (messages) => void (messages[0] = new SystemMessage("Be brief. ".repeat(5)))],
  ["a message in place of another", (messages) => void (messages[3] = new ToolMessage({ content: "Another page.", tool_call_id: "call_0" }))],
  ["fewer messages than before", (messages) => void messages.splice(4)],
];

describe("what was changed since the request before is seen", () => {
  test.each(changes)("%s", async (_name, change) => {
    const messages = await continued(5);
    await sent(messages);
    change(messages);
    const same = conversation(5);
    change(same);
    expect(await sent(messages)).toEqual(await sent(same));
    messages.push(...turn(5));
    same.push(...turn(5));
    for (let again = 0; again < 3; again++) expect(await sent(messages)).toEqual(await sent(same));
  });

  test("what only the object knows: a getter, a `toJSON`, bytes", async () => {
    let now = 0;
    const bytes = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0]);
    const odd = [
      { clock: { toJSON: () => now } },
      { get clock(): number { return now; } },
      { clock: new (class { toJSON = (): number => now; })() },
    ];
    for (const args of [...odd, undefined]) {
      const messages = conversation(3);
      if (args === undefined) as(messages[1]).content.push({ ...IMAGE, data: bytes });
      else as<AIMessage>(messages[2]).tool_calls![0]!.args = args;
      for (let number = 3; number < 7; number++) {
        bytes[8] = now = number;
        const body = JSON.stringify(await sent(messages));
        expect(body).toContain(args === undefined ? Buffer.from(bytes).toString("base64") : `{"clock":${number}}`);
        messages.push(...turn(number));
      }
    }
  });

  test("a number that JSON has no digits for otherwise", async () => {
    const messages = await continued(3);
    as<AIMessage>(messages[2]).tool_calls![0]!.args = { number: 12345678901234567890n };
    for (let number = 3; number < 6; number++) {
      await ourModel(bedrock).invoke(messages);
      expect(String(bedrock.requests.at(-1)?.rawBody)).toContain('{"number":12345678901234567890}');
      messages.push(...turn(number));
    }
  });
});

test("branches of one conversation at once", async () => {
  const messages = await continued(4);
  const branches = [4, 5, 6].map((number) => [...messages, ...turn(number)]);
  for (let again = 0; again < 3; again++) {
    const bodies = await Promise.all(branches.map((branch) => ourModel(bedrock).invoke(branch)));
    expect(bodies).toHaveLength(3);
    const arrived = bedrock.requests.slice(-3).map(({ rawBody }) => String(rawBody)).sort();
    const expected: string[] = [];
    for (const number of [4, 5, 6]) {
      await sent([...conversation(4), ...turn(number)]);
      expected.push(String(bedrock.requests.at(-1)?.rawBody));
    }
    expect(arrived.map((body) => JSON.parse(body) as unknown)).toEqual(expected.sort().map((body) => JSON.parse(body) as unknown));
    for (const [index, branch] of branches.entries()) branch.push(...turn(10 + index));
    for (const branch of branches) branch.splice(-2);
  }
});

test("images in some of the messages", async () => {
  const withImage = (number: number): BaseMessage[] => [turn(number)[0]!, new ToolMessage({ content: [IMAGE, { type: "text", text: `Page ${number}` }] as any, tool_call_id: `call_${number}` })];
  const messages = conversation(2);
  const same = conversation(2);
  for (let number = 2; number < 8; number++) {
    for (const list of [messages, same]) list.push(...(number % 3 === 0 ? withImage(number) : turn(number)));
    expect(await sent(messages)).toEqual(await sent([...same.map((message) => Object.assign(Object.create(Object.getPrototypeOf(message)), message) as BaseMessage)]));
  }
});

test.each([
  ["with several targets", () => ourModel(bedrock, { failover: [{ region: "eu-west-1", endpointUrl: bedrock.url }] })],
  ["by AWS's client", () => ourModelByClient(bedrock)],
  ["with files that may be fetched", () => ourModel(bedrock, { fetchMedia: { hosts: ["example.com"] } })],
  ["streamed", () => ourModel(bedrock, { streaming: true })],
])("%s", async (_name, make) => {
  const model = make();
  const messages = conversation(0);
  for (let number = 0; number < 6; number++) {
    expect(await sent(messages, model)).toEqual(await sent(conversation(number)));
    messages.push(...turn(number));
  }
  model.close();
});

test("what cannot be sent is told each time, and what follows is sent", async () => {
  const messages = await continued(3);
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  messages.push(new AIMessage({ content: "", tool_calls: [{ name: "search", args: circular, id: "x", type: "tool_call" }] }), new ToolMessage({ content: "x", tool_call_id: "x" }));
  for (let again = 0; again < 3; again++) await expect(ourModel(bedrock).invoke(messages)).rejects.toThrow(/^messages\[8\]: an object contains itself/);
  messages.splice(-2);
  expect(await sent(messages)).toEqual(await sent(conversation(3)));
});
