import { createServer as createHttp1Server, type IncomingMessage, type Server as Http1Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Certified } from "./certificate.js";
import type { Incoming } from "./requests.js";

const HOST = "127.0.0.1";

/** The first bytes of every HTTP/2 connection. HTTP/1.1 begins with a method. */
const HTTP2_PREFACE = "PRI ";

/** The handlers of connections and requests. */
export interface Handlers {
  onConnection(): void;
  onRequest(incoming: Incoming, response: ServerResponse): void;
}

/** A server that listens. */
export interface Listener {
  port: number;
  url: string;
  /** Closes all connections, also during an answer, and resolves when none is left. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 for HTTP/1.1 and HTTP/2 on one port, over TLS if there is a certificate. The version is
 * recognised by the first bytes: without TLS it is not negotiated, and a client such as AWS's for JavaScript begins with HTTP/2.
 *
 * @throws Error when the port is in use or the certificate or its key is invalid.
 */
export async function listen(port: number, tls: Certified | undefined, handlers: Handlers): Promise<Listener> {
  const http1 = http1Server(handlers);
  const http2 = http2Server(handlers);
  const accept = (socket: Socket): void => dispatch(socket, http1, http2);
  const server = tls ? tlsServer(tls, accept) : createServer({ allowHalfOpen: true, noDelay: true }, accept);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    handlers.onConnection();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  await bind(server, port);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      sockets.forEach((socket) => socket.destroy());
    });
  const bound = (server.address() as AddressInfo).port;
  return { port: bound, url: `${tls ? "https" : "http"}://${HOST}:${bound}`, close };
}

function http1Server({ onRequest }: Handlers): Http1Server {
  const server = createHttp1Server((incoming: IncomingMessage, response) => onRequest(incoming, response));
  // No keep-alive timeout: closing a connection that a client is about to reuse would make tests fail at random.
  server.keepAliveTimeout = 0;
  return server;
}

function http2Server({ onRequest }: Handlers): Http2Server {
  // Node.js's HTTP/2 responses have the interface of HTTP/1.1, with a few differences that are handled elsewhere.
  const server = createHttp2Server((incoming, response) => onRequest(incoming, response as unknown as ServerResponse));
  server.on("sessionError", () => undefined);
  return server;
}

function tlsServer(tls: Certified, accept: (socket: TLSSocket) => void): Server {
  try {
    const server = createTlsServer({ ...tls, ALPNProtocols: ["h2", "http/1.1"] }, accept);
    server.on("tlsClientError", () => undefined);
    return server;
  } catch (error) {
    throw new Error(`The key and the certificate in \`tls\` cannot be used: ${(error as Error).message}.`, { cause: error });
  }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      reject(new Error(`Port ${port} of ${HOST} is already taken; leave out \`port\` to get a free one.`, { cause: error }));
    });
    server.listen(port, HOST, resolve);
  });
}

/** Passes a connection to the server of its protocol when its first bytes arrive. */
function dispatch(socket: Socket, http1: Http1Server, http2: Http2Server): void {
  socket.on("error", () => undefined);
  socket.once("data", (first: Buffer) => {
    socket.pause();
    socket.unshift(first);
    const isHttp2 = first.subarray(0, HTTP2_PREFACE.length).toString() === HTTP2_PREFACE;
    // The HTTP/2 server leaves open what its client has closed without a GOAWAY, as a process that ends does.
    if (isHttp2) socket.allowHalfOpen = false;
    (isHttp2 ? http2 : http1).emit("connection", socket);
    // An HTTP/2 session reads from the handle below, and has already taken the bytes that were put back.
    if (!isHttp2) process.nextTick(() => socket.resume());
  });
}
