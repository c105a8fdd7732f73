import { createServer as createHttp1Server, type IncomingMessage, type Server as Http1Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Certified } from "./certificate.js";
import type { Incoming } from "./requests.js";

const HOST = "127.0.0.1";

/** What every HTTP/2 connection begins with. Any other begins with a method. */
const HTTP2_PREFACE = "PRI ";

/** What becomes of connections and requests. */
export interface Handlers {
  onConnection(): void;
  onRequest(incoming: Incoming, response: ServerResponse): void;
}

/** A server that listens. */
export interface Listener {
  port: number;
  url: string;
  /** Ends all connections, also those in the middle of an answer, and resolves when none is left. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 for HTTP/1.1 and HTTP/2 on one port, over TLS if there is a certificate. Which of the two a client speaks is seen from its
 * first bytes: over TLS it was agreed on, without TLS a client such as AWS's for JavaScript simply begins.
 *
 * @throws Error when the port is taken or the certificate and its key are of no use.
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
  // A connection that is closed while a client is about to use it again fails that client's request: a test would fail now and then.
  server.keepAliveTimeout = 0;
  return server;
}

function http2Server({ onRequest }: Handlers): Http2Server {
  // Node.js made the responses of HTTP/2 to be used like those of HTTP/1.1; the few differences are minded where they matter.
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

/** Hands a connection to the server for its protocol once its first bytes are here. */
function dispatch(socket: Socket, http1: Http1Server, http2: Http2Server): void {
  socket.on("error", () => undefined);
  socket.once("data", (first: Buffer) => {
    socket.pause();
    socket.unshift(first);
    const isHttp2 = first.subarray(0, HTTP2_PREFACE.length).toString() === HTTP2_PREFACE;
    (isHttp2 ? http2 : http1).emit("connection", socket);
    // An HTTP/2 session reads from below: it has taken what was put back, and reads on by itself.
    if (!isHttp2) process.nextTick(() => socket.resume());
  });
}
