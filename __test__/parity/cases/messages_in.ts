import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { Subject } from "../types.js";

export const messagesIn: Subject = {
  subject: "messages",
  cases: [
    { name: "a text" },
    { name: "system text first", input: [new SystemMessage("Be brief."), new HumanMessage("Hi")] },
  ],
};
