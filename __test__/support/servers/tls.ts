import { readFileSync } from "node:fs";
import { request as sendRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer } from "node:https";
import type { Server } from "node:net";
import { join } from "node:path";
import { HOST, listen, Sockets, stop } from "./loopback.js";

const { NGHTTP2_NO_ERROR } = constants;
const fixtures = join(__dirname, "..", "..", "fixtures", "tls");

/** The certificate that signed the one of the front, as a file. */
export const CA_FILE: string = join(fixtures, "ca.pem");

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
  close(): Promise<void>;
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** Starts a TLS front for a server of plain HTTP/1.1 on this machine, such as `startBedrock()`. */
export async function startTlsFront(target: { port: number }, offer: Offer = "both"): Promise<TlsFront> {
  const tls = { key: readFileSync(join(fixtures, "server.key")), cert: readFileSync(join(fixtures, "server.pem")) };
  const requests: FrontRequest[] = [];
  const handle = (incoming: Incoming, outgoing: Outgoing): void => {
    requests.push(recorded(incoming, outgoing));
    forward(incoming, outgoing, target.port);
  };
  const server = offer === "http/1.1" ? createServer(tls, handle) : createSecureServer({ ...tls, allowHTTP1: offer === "both" }, handle);
  if (offer === "http/1.1") (server as ReturnType<typeof createServer>).keepAliveTimeout = 0;
  server.on("sessionError", () => undefined);
  const sessions = new Sockets(server as Server, "secureConnection");
  // Connections that never finish their handshake are connections too.
  const connections = new Sockets(server as Server);
  const port = await listen(server as Server);
  return { url: `https://${HOST}:${port}`, port, sessions, requests, close: () => stop(server as Server, connections) };
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
