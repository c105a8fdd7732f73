import { readFileSync } from "node:fs";
import { request as sendRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse, type Http2SecureServer, type SecureServerOptions, type ServerHttp2Session } from "node:http2";
import { createServer } from "node:https";
import type { Server } from "node:net";
import { join } from "node:path";
import { HOST, listen, Sockets, stop } from "./loopback.js";

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;
const fixtures = join(__dirname, "..", "..", "fixtures", "tls");

/** The certificate that signed the one of the front, as a file. */
export const CA_FILE: string = join(fixtures, "ca.pem");

/** For 127.0.0.1 and localhost. */
export function serverCertificate(): { key: Buffer; cert: Buffer } {
  return { key: readFileSync(join(fixtures, "server.key")), cert: readFileSync(join(fixtures, "server.pem")) };
}

/** What the front offers in the TLS handshake. */
export type Offer = "both" | "http/1.1" | "h2";

/** One request that went through the front. */
export interface FrontRequest {
  httpVersion: string;
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** Resolves when the answer is complete or the client gave it up. */
  closed: Promise<void>;
  /** Whether the client gave it up. */
  isAborted: boolean;
}

/** A TLS server before a plain one. */
export interface TlsFront {
  url: string;
  port: number;
  /** The TLS connections it accepted. */
  sessions: Sockets;
  requests: FrontRequest[];
  /** Says goodbye on every HTTP/2 connection, as a load balancer does now and then. */
  goAway(): void;
  /** How many of the next HTTP/2 requests are refused unseen. */
  refusals: number;
  close(): Promise<void>;
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** Starts a TLS front for a server of plain HTTP/1.1 on this machine, such as `startBedrock()`. */
export async function startTlsFront(target: { port: number }, offer: Offer = "both", maxConcurrentStreams?: number): Promise<TlsFront> {
  const tls = serverCertificate();
  const handle = (incoming: Incoming, outgoing: Outgoing): void => {
    if ("stream" in outgoing && front.refusals > 0) {
      front.refusals--;
      outgoing.stream.close(NGHTTP2_REFUSED_STREAM);
      return;
    }
    front.requests.push(recorded(incoming, outgoing));
    forward(incoming, outgoing, target.port);
  };
  const server = offer === "http/1.1" ? createServer({ ...tls, keepAliveTimeout: 0 }, handle) : http2Server({ ...tls, allowHTTP1: offer === "both" }, handle);
  const http2Sessions = new Set<ServerHttp2Session>();
  server.on("session", (session: ServerHttp2Session) => {
    http2Sessions.add(session);
    session.once("close", () => http2Sessions.delete(session));
  });
  server.on("sessionError", () => undefined);
  const sessions = new Sockets(server as Server, "secureConnection");
  // Connections that never finish their handshake are connections too.
  const connections = new Sockets(server as Server);
  const port = await listen(server as Server);
  const front: TlsFront = {
    url: `https://${HOST}:${port}`,
    port,
    sessions,
    requests: [],
    goAway: () => http2Sessions.forEach((session) => session.close()),
    refusals: 0,
    close: () => stop(server as Server, connections),
  };
  return front;

  function http2Server(options: SecureServerOptions, handler: typeof handle): Http2SecureServer {
    return createSecureServer({ ...options, ...(maxConcurrentStreams ? { settings: { maxConcurrentStreams } } : {}) }, handler);
  }
}

function recorded(incoming: Incoming, outgoing: Outgoing): FrontRequest {
  const { httpVersion, method = "", url = "", headers } = incoming;
  const request: FrontRequest = {
    httpVersion,
    method,
    url,
    headers,
    isAborted: false,
    closed: new Promise((resolve) => {
      outgoing.once("close", () => {
        request.isAborted = "stream" in outgoing ? outgoing.stream.rstCode !== NGHTTP2_NO_ERROR : !outgoing.writableFinished;
        resolve();
      });
    }),
  };
  return request;
}

function forward(incoming: Incoming, outgoing: Outgoing, port: number): void {
  const { method, url: path } = incoming;
  const onward = sendRequest({ host: HOST, port, method, path, headers: withoutPseudo(incoming.headers), agent: false });
  onward.on("response", (response) => {
    const { connection: _connection, "transfer-encoding": _encoding, "keep-alive": _keepAlive, ...headers } = response.headers;
    (outgoing as ServerResponse).writeHead(response.statusCode ?? 502, headers);
    // Node.js holds the headers back until there is a body.
    (outgoing as ServerResponse).flushHeaders();
    response.on("error", () => outgoing.destroy());
    response.pipe(outgoing as ServerResponse);
  });
  onward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

/** Signatures cover the host, which HTTP/2 calls `:authority`. */
function withoutPseudo(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const plain = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
  return { host: headers[":authority"] as string | undefined, ...Object.fromEntries(plain), connection: "close" };
}
