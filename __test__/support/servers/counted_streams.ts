import type { ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { Server } from "node:net";
import { encodeEvent } from "../../../testing/event_stream.js";
import { HOST, listen, Sockets, stop } from "./loopback.js";
import { serverCertificate } from "./tls.js";

const delta = encodeEvent({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "one hundred characters of text ".repeat(3) } } }, 0);

/** So many deltas are written at once. */
const DELTAS_PER_WRITE = 32;

/** A TLS server of streams that counts what it could write. */
export interface CountedStreams {
  url: string;
  /** Bytes of each stream that the network has taken, in the order of the requests. */
  taken: number[];
  close(): Promise<void>;
}

/** The first stream has no end; each further one has `deltas` deltas. Over HTTP/2 or HTTP/1.1, as the client wants. */
export async function startCountedStreams(deltas: number): Promise<CountedStreams> {
  const taken: number[] = [];
  const server = createSecureServer({ ...serverCertificate(), allowHTTP1: true }, (incoming, outgoing) => {
    const index = taken.push(0) - 1;
    incoming.resume();
    outgoing.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    send(outgoing as unknown as ServerResponse, index === 0 ? Infinity : deltas, (bytes) => void (taken[index]! += bytes));
  });
  server.on("sessionError", () => undefined);
  const sockets = new Sockets(server as unknown as Server);
  const port = await listen(server as unknown as Server);
  return { url: `https://${HOST}:${port}`, taken, close: () => stop(server as unknown as Server, sockets) };
}

/** Each write waits for the one before, so that what is counted has left the process. */
function send(outgoing: ServerResponse, deltas: number, count: (bytes: number) => void): void {
  const write = (frames: Buffer, then: () => void): void => {
    outgoing.write(frames, (error) => {
      if (error) return;
      count(frames.length);
      then();
    });
  };
  const deltasFrom = (sent: number): void => {
    if (sent >= deltas) return void outgoing.end(encodeEvent({ messageStop: { stopReason: "end_turn" } }, 0));
    write(Buffer.concat(Array.from({ length: DELTAS_PER_WRITE }, () => delta)), () => deltasFrom(sent + DELTAS_PER_WRITE));
  };
  outgoing.on("error", () => undefined);
  write(encodeEvent({ messageStart: { role: "assistant" } }, 0), () => deltasFrom(0));
}
