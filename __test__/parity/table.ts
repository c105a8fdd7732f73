import { caching } from "./cases/caching.js";
import { errors } from "./cases/errors.js";
import { history } from "./cases/history.js";
import { media } from "./cases/media.js";
import { messagesIn } from "./cases/messages_in.js";
import { options } from "./cases/options.js";
import { responses } from "./cases/responses.js";
import { streams } from "./cases/streams.js";
import { structuredOutput } from "./cases/structured_output.js";
import { toolResults } from "./cases/tool_results.js";
import { tools } from "./cases/tools.js";
import type { Subject } from "./types.js";

export const SUBJECTS: Subject[] = [messagesIn, media, history, toolResults, tools, structuredOutput, caching, options, responses, streams, errors];
