/** A guardrail: what it found, a conversation that goes on after it has intervened, and the same guardrail behind another model. */
import { HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatBedrockConverse, GuardrailRunnable, guardrailFindings, isGuardrailIntervention } from "langchain-aws-native";

const guardrail = { guardrailIdentifier: process.env.GUARDRAIL_ID ?? "abc123", guardrailVersion: "1" };
const model = new ChatBedrockConverse({ guardrailConfig: { ...guardrail, trace: "enabled" }, guardLastTurnOnly: true, redactGuardrailContent: true });

const history = [new HumanMessage("Where should I invest?")];
const answer = await model.invoke(history);
console.log(answer.text);
if (isGuardrailIntervention(answer)) {
  for (const finding of guardrailFindings(answer)) console.log(`${finding.source}: ${finding.policy} ${"name" in finding ? finding.name : ""}`);
}
// The question is not sent again: a text stands in its place.
console.log((await model.invoke([...history, answer, new HumanMessage("Then tell me a joke.")])).text);

const { action } = await model.applyGuardrail("Hello", { source: "INPUT" });
console.log(`applyGuardrail: ${action}`);
const guarded = new FakeListChatModel({ responses: ["Hello!"] }).pipe(new GuardrailRunnable({ ...guardrail, source: "OUTPUT" }));
console.log(`behind any model: ${((await guarded.invoke("Hi")) as { text: string }).text}`);
