import type { ServerResponse } from "node:http";
import { type SeenRequest, type SimpleServer, startServer } from "./loopback.js";
import { startTlsFront, type TlsFront } from "./tls.js";

export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** A TLS server of files on this machine. */
export interface MediaServer {
  /** `127.0.0.1:port`. */
  host: string;
  /** `localhost:port`, the same server. */
  otherHost: string;
  url: (path: string) => string;
  /** What it answers, by path with query. */
  answers: Map<string, Answer>;
  /** What it was asked. */
  requests: SeenRequest[];
  front: TlsFront;
  close(): Promise<void>;
}

export async function startMediaServer(): Promise<MediaServer> {
  const answers = new Map<string, Answer>();
  const server: SimpleServer = await startServer((request, response) => {
    const answer = answers.get(request.url);
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, request);
  });
  const front = await startTlsFront(server, "http/1.1");
  return {
    host: `127.0.0.1:${front.port}`,
    otherHost: `localhost:${front.port}`,
    url: (path) => `https://127.0.0.1:${front.port}${path}`,
    answers,
    requests: server.requests,
    front,
    close: async () => {
      await front.close();
      await server.close();
    },
  };
}

/** A file. */
export function file(body: Uint8Array, contentType?: string, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(200, { ...(contentType === undefined ? {} : { "content-type": contentType }), "content-length": body.length, ...headers }).end(body);
}

export function redirect(location: string, status: number = 302): Answer {
  return (response) => void response.writeHead(status, { location }).end();
}
