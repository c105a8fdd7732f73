/** Reasons for differences that show in cases of several subjects. */

export const ALTERNATING = "Messages of one side in a row are sent as one, since models refuse conversations whose roles do not alternate.";

export const LEGAL_NAMES =
  "Tool names and tool call ids that Bedrock refuses (only letters, digits, `_` and `-`, at most 64) are made what it accepts; calls come back under your own names.";

export const NOTHING_LOST = "Every block of an answer becomes content (audio, search results, and kinds that are new), and none ends a stream.";

export const MALFORMED = "A tool call whose input is no object is an invalid tool call, instead of being lost or run.";

export const ONE_BLOCK = "The chunks of a text add up to one block for each that Bedrock sent, instead of a block for each piece, or one for all.";

export const NO_ARGUMENTS = "Of content-block events, a tool call without arguments has the arguments `{}`, instead of being an invalid one.";

export const SIGNATURE =
  "Of content-block events, the signatures of reasoning and redacted reasoning are kept, since Claude wants them back in the next turn.";
