import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";

export const HOST = "127.0.0.1";

/** Starts to listen on a free port. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The connections of a server: how many there were, and which are open. */
export class Sockets {
  accepted = 0;
  readonly open: Set<Socket> = new Set();
  readonly #waiting: { isOver: () => boolean; resolve: () => void }[] = [];

  constructor(server: Server, event: "connection" | "secureConnection" = "connection") {
    server.on(event, (socket: Socket) => {
      this.accepted++;
      this.open.add(socket);
      this.#settle();
      socket.on("error", () => undefined);
      socket.once("close", () => {
        this.open.delete(socket);
        this.#settle();
      });
    });
  }

  /** Resolves once `count` connections are open at the most. */
  whenOpen(count: number): Promise<void> {
    return this.#when(() => this.open.size <= count);
  }

  /** Resolves once `count` connections have been accepted since the start. */
  whenAccepted(count: number): Promise<void> {
    return this.#when(() => this.accepted >= count);
  }

  destroy(): void {
    for (const socket of this.open) socket.destroy();
  }

  #when(isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isOver, resolve });
      this.#settle();
    });
  }

  #settle(): void {
    for (const { isOver, resolve } of this.#waiting) if (isOver()) resolve();
  }
}

/** Stops a server and ends its connections. */
export function stop(server: Server, sockets: Sockets): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    sockets.destroy();
  });
}

/** A request as a simple server saw it. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A plain HTTP server that answers as it is told and remembers what it was asked. */
export interface SimpleServer {
  url: string;
  port: number;
  requests: SeenRequest[];
  sockets: Sockets;
  close(): Promise<void>;
}

export type Handler = (request: SeenRequest, response: ServerResponse) => void;

export async function startServer(handler: Handler): Promise<SimpleServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request: SeenRequest = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      handler(request, response);
    });
  });
  const sockets = new Sockets(server);
  const port = await listen(server);
  return { url: `http://${HOST}:${port}`, port, requests, sockets, close: () => stop(server, sockets) };
}

/** Accepts connections and never says a word. */
export async function startSilentServer(): Promise<{ port: number; sockets: Sockets; close(): Promise<void> }> {
  // Only who reads notices that the other side has gone.
  const server = createTcpServer((socket) => socket.resume());
  const sockets = new Sockets(server);
  return { port: await listen(server), sockets, close: () => stop(server, sockets) };
}
