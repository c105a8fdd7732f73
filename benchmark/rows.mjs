/**
 * The rows of the table: data. A metric's `goal` is one of
 *
 * * `ratio`: how many times less than the peer's
 * * `atMost`: a number in the metric's unit
 * * `floor`: no more than the floor, with a tolerance of 5 %, the difference of two measurements
 * * `lessBy`: how much less than the peer's, in the metric's unit
 * * `ofAdded`: the share of what the peer adds to the floor
 * * `ofFloor`: the share of the floor
 * * `ofBare`: the share of what Node.js's own `node:http` costs, with keep-alive and `JSON.parse` but without LangChain, signature and retries
 *
 * The README shows the rows that are `short`, docs/performance.md all.
 */
const cpu = (goal) => ({ key: "cpu", label: "CPU, all threads", unit: "µs", goal });
const main = (goal) => ({ key: "main", label: "main thread", unit: "µs", goal });
const wall = (label = "time") => ({ key: "wall", label, unit: "µs" });
const pause = (goal) => ({ key: "pause", label: "worst event-loop pause", unit: "ms", goal });
const invokes = { title: "invoke, when all is compiled", per: "call" };

/** Of streams that the server writes as fast as it can; settled: when they have ended and garbage is collected. */
const memoryOfStreams = [
  { key: "value", label: "resident, at most", unit: "MB", goal: { ratio: 1 } },
  { key: "settled", label: "resident, settled", unit: "MB", goal: { ratio: 1 } },
  { key: "outside", label: "of it not V8's heap", unit: "MB" },
];

export const rows = [
  { id: "import", short: true, kind: "fresh", what: "import", title: "import, beyond `@langchain/core`'s chat models", noFloor: true, samples: 15, params: {}, metrics: [{ key: "value", label: "time", unit: "ms", goal: { ratio: 20, atMost: 10 } }] },
  ...[
    ["", "construct and first invoke"],
    ["variables", "the same, keys from `AWS_*` variables"],
    ["profile", "the same, keys from a profile's file"],
    ["container", "the same, keys from a container's service"],
  ].map(([keys, title]) => ({
    id: keys === "" ? "first-call" : `first-call-${keys}`,
    short: keys === "",
    kind: "fresh",
    what: "firstCall",
    title,
    noFloor: keys !== "",
    samples: 15,
    params: { keys },
    metrics: [{ key: "value", label: "time", unit: "ms", goal: { ratio: 6 } }],
  })),
  { id: "first-invokes", short: true, kind: "fresh", what: "firstCalls", title: "first 400 invokes of a process", per: "call", samples: 11, bare: true, params: { calls: 400, width: 1 }, metrics: [cpu({ ofBare: 1 }), main({ ofBare: 0.5 }), wall()] },
  { id: "first-invokes-64", kind: "fresh", what: "firstCalls", title: "first 128 invokes of a process, 64 at once", per: "call", samples: 11, params: { calls: 128, width: 64 }, metrics: [cpu({ ratio: 6 }), main({ ratio: 12 }), wall()] },
  { id: "invoke", ...invokes, workload: "invoke", params: { calls: 600 }, metrics: [cpu({ ratio: 6 }), main({ ratio: 15 }), wall()] },
  { id: "invoke-64", short: true, title: "64 invokes at once, when all is compiled", per: "call", workload: "invokeAtOnce", params: { calls: 768, width: 64 }, metrics: [cpu({ ratio: 6 }), main({ ratio: 12 }), wall()] },
  { id: "stream", short: true, title: "stream of 2,000 deltas", per: "delta", workload: "stream", params: { words: 2000, times: 4 }, metrics: [cpu({ floor: true }), main(), wall()] },
  { id: "stream-callback", title: "the same, a callback told of each", per: "delta", workload: "stream", params: { words: 2000, times: 2, callback: true }, metrics: [cpu({ ofFloor: 0.8 }), main()] },
  { id: "agent-stream", short: true, title: "`createAgent`, `streamMode: \"messages\"`, 2,000 deltas", per: "delta", workload: "agentStream", params: { words: 2000, times: 1 }, metrics: [cpu({ ofFloor: 0.8 }), main()] },
  { id: "stream-events-v2", title: "`streamEvents` of version v2, 2,000 deltas", per: "delta", workload: "streamEvents", params: { words: 2000, times: 1, version: "v2" }, metrics: [cpu({ ofFloor: 0.8 }), main()] },
  { id: "stream-events", title: "`streamEvents` of content blocks, 2,000 deltas", per: "delta", workload: "streamEvents", params: { words: 2000, times: 1 }, metrics: [cpu({ ofFloor: 0.8 }), main()] },
  { id: "first-chunk", title: "stream, until the first text", per: "stream", workload: "firstChunk", params: { words: 20, times: 50 }, metrics: [wall()] },
  { id: "streams-200", title: "200 streams at once, as fast as they can", per: "delta", workload: "streamsAtOnce", params: { words: 200, width: 200 }, noFloorPause: true, metrics: [cpu({ ratio: 2 }), main(), pause({ atMost: 30 })] },
  { id: "streams-paced", title: "200 streams at once, a delta every 20 ms", per: "delta", workload: "streamsAtOnce", params: { words: 100, width: 200, pace: 20 }, metrics: [cpu(), main(), pause()] },
  { id: "tool-arguments", title: "34 KB of tool arguments in 2,000 deltas", per: "stream", workload: "toolArguments", params: { bytes: 34_000, times: 2 }, metrics: [cpu({ ratio: 6 }), main()] },
  { id: "tool-arguments-folded", title: "the same, chunks joined by the reader", per: "stream", workload: "toolArguments", params: { bytes: 34_000, times: 2, fold: true }, metrics: [cpu(), main()] },
  { id: "history", short: true, title: "invoke with 1,001 messages", per: "call", workload: "history", params: { size: 1001, calls: 20 }, sameBody: true, reference: { title: "`JSON.stringify` of the messages", workload: "stringifyHistory" }, metrics: [cpu(), main({ ratio: 10 })] },
  { id: "agent-run", short: true, title: "200 invokes of an agent, each with the history so far", per: "call", workload: "agentRun", params: { turns: 200 }, sameBody: true, metrics: [cpu(), main({ ratio: 10 })] },
  { id: "data-url-4", title: "invoke with a 4 MB image in a data URL", per: "call", workload: "dataUrl", params: { megabytes: 4, calls: 8 }, sameBody: true, metrics: [cpu(), main({ ratio: 15 }), pause({ ratio: 10 })] },
  { id: "data-url-joined", title: "the same, the data URL joined just before", per: "call", workload: "dataUrl", params: { megabytes: 4, calls: 8, joined: true }, sameBody: true, reference: { title: "V8 making one string of it", workload: "flatten" }, metrics: [cpu(), main({ ratio: 10 })] },
  { id: "data-url-20", title: "invoke with a 20 MB image in a data URL", per: "call", workload: "dataUrl", params: { megabytes: 20, calls: 3 }, sameBody: true, metrics: [cpu(), main({ ratio: 15 }), pause({ ratio: 10 })] },
  { id: "image-bytes", title: "invoke with a 4 MB image as `Uint8Array`", per: "call", workload: "imageBytes", params: { megabytes: 4, calls: 8 }, sameBody: true, metrics: [cpu(), main({ ratio: 10 }), pause()] },
  { id: "embed-query", title: "`embedQuery`, 1,024 dimensions", per: "call", workload: "embedQuery", params: { calls: 400, dimensions: 1024 }, noFloor: true, sameBody: true, metrics: [cpu(), main({ ratio: 5 }), wall()] },
  { id: "embed-documents", short: true, title: "`embedDocuments` of 1,000 texts, 1,024 dimensions", per: "text", workload: "embedDocuments", params: { count: 1000, dimensions: 1024 }, noFloor: true, sameBody: true, metrics: [cpu(), main({ ratio: 5 }), wall()] },
  { id: "memory-embeddings", kind: "fresh", what: "memoryOfEmbeddings", title: "memory with 1,000 vectors", noFloor: true, samples: 5, params: { count: 1000, dimensions: 1024 }, metrics: [{ key: "value", label: "resident, at most", unit: "MB", goal: { ratio: 1 } }] },
  { id: "memory", kind: "fresh", what: "memory", title: "memory after import and 100 invokes", samples: 5, params: { calls: 100 }, metrics: [{ key: "value", label: "resident", unit: "MB", goal: { lessBy: 15 } }] },
  { id: "memory-streams", kind: "fresh", what: "memoryOfStreams", title: "memory with 200 streams open", samples: 5, params: { width: 200, words: 100, pace: 20 }, metrics: [{ key: "value", label: "resident, at most", unit: "MB", goal: { ofAdded: 0.5 } }] },
  ...[
    ["plain", "HTTP/1.1"],
    ["http2", "HTTP/2"],
  ].flatMap(([over, name]) => [
    { id: `memory-bursts-${over}`, kind: "fresh", what: "memoryOfBursts", title: `six bursts of 200 streams of 1,000 deltas over ${name}`, noFloor: true, samples: 7, params: { width: 200, words: 1000, bursts: 6, over }, metrics: memoryOfStreams },
    { id: `memory-bursts-1000-${over}`, kind: "fresh", what: "memoryOfBursts", title: `three bursts of 1,000 streams of 200 deltas over ${name}`, noFloor: true, samples: 5, params: { width: 1000, words: 200, bursts: 3, over }, metrics: memoryOfStreams },
    { id: `memory-slow-${over}`, kind: "fresh", what: "memoryOfSlowReaders", title: `200 streams over ${name} whose readers take a chunk a second`, noFloor: true, samples: 3, params: { width: 200, words: 4000, chunks: 5, interval: 1000, over }, metrics: memoryOfStreams },
  ]),
  ...[
    ["tls", "HTTP/2 or 1.1 over TLS", { atMost: 1 }],
    ["tls1", "HTTP/1.1 over TLS", { atMost: 1 }],
    ["plain", "HTTP/1.1", { atMost: 1 }],
  ].map(([over, name, goal]) => ({
    id: `reuse-${over}`,
    kind: "fresh",
    what: "sequence",
    title: `50 invokes over ${name}`,
    noFloor: true,
    samples: 3,
    params: { calls: 50, over },
    metrics: [
      { key: "connections", label: "connections", unit: "", goal },
      { key: "value", label: "time per call", unit: "ms" },
    ],
  })),
  {
    id: "size",
    short: true,
    kind: "size",
    title: "installed, beyond `@langchain/core`",
    noFloor: true,
    metrics: [
      { key: "disk", label: "space on disk", unit: "MB", goal: { atMost: 10 } },
      { key: "contents", label: "contents of the files", unit: "MB" },
      { key: "packages", label: "packages", unit: "" },
    ],
  },
];

/** The peak of resident memory in each of many bursts of streams, one after the other in one process. */
export const series = [
  { id: "bursts", title: "resident memory in bursts of 200 streams of 1,000 deltas, HTTP/1.1", label: "peak of each burst", unit: "MB", what: "memoryOfBursts", params: { width: 200, words: 1000, bursts: 20, over: "plain" } },
];

/** Cost against size. `exponent` of the goal: 1 is linear, 2 square; with a tolerance for the cost that does not depend on size. */
export const curves = [
  { id: "history", short: true, title: "invoke, by messages of the history", axis: "messages", metric: "main", label: "main thread per call", sizes: [1, 9, 101, 301, 1001, 3001], workload: "history", params: (size) => ({ size, calls: within(3, 3000 / size, 200) }) },
  { id: "attachments", title: "invoke, by size of an image in a data URL", axis: "MB", metric: "main", label: "main thread per call", sizes: [0.1, 0.5, 1, 2, 5, 10, 20], workload: "dataUrl", params: (megabytes) => ({ megabytes, calls: within(2, 20 / megabytes, 50) }) },
  { id: "concurrency", title: "streams at once", axis: "streams", metric: "cpu", label: "CPU per delta", sizes: [1, 3, 10, 30, 100, 300, 1000], workload: "streamsAtOnce", params: (width) => ({ width, words: 100, times: within(1, 60 / width, 60) }) },
  { id: "tool-arguments", title: "stream, by size of a tool's arguments", axis: "KB", metric: "cpu", label: "CPU per stream", sizes: [1, 5, 20, 50, 100, 200, 500], workload: "toolArguments", params: (kilobytes) => ({ bytes: kilobytes * 1000, times: within(1, 20 / kilobytes, 20) }) },
];

function within(least, value, most) {
  return Math.round(Math.min(most, Math.max(least, value)));
}
