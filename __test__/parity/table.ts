import { messagesIn } from "./cases/messages_in.js";
import type { Subject } from "./types.js";

export const SUBJECTS: Subject[] = [messagesIn];
