import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type Socket } from "node:net";
import { HOST, listen, Sockets, stop } from "./loopback.js";
import { serverCertificate } from "./tls.js";

/** A proxy that was asked for tunnels. */
export interface ConnectProxy {
  /** Without user and password. */
  url: string;
  port: number;
  /** `host:port` of every tunnel that was asked for, also those that were refused. */
  targets: string[];
  /** The `proxy-authorization` headers that came with them. */
  authorizations: (string | undefined)[];
  /** Requests that asked for no tunnel. */
  others: string[];
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Who may use it: `user:password`. */
  login?: string;
  /** Where tunnels lead: where they are asked to, or nowhere (the proxy answers 502). */
  tunnels?: "open" | "refused";
  /** Whether the way to the proxy itself is encrypted. */
  secure?: boolean;
}

/** Starts a proxy for tunnels on this machine. It asks for the password first, as real ones do. */
export async function startConnectProxy({ login, tunnels = "open", secure = false }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const refuse: RequestListener = (request, response) => {
    others.push(`${request.method} ${request.url}`);
    response.writeHead(405).end();
  };
  const server = secure ? createSecureServer(serverCertificate(), refuse) : createServer(refuse);
  const [targets, authorizations, others]: [string[], (string | undefined)[], string[]] = [[], [], []];
  const sockets = new Sockets(server);
  const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  server.on("connect", (request, socket: Socket) => {
    const authorization = request.headers["proxy-authorization"];
    targets.push(request.url ?? "");
    authorizations.push(authorization);
    if (expected !== undefined && authorization !== expected) return socket.end(refusal('407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="test"'));
    if (tunnels === "refused") return socket.end(refusal("502 Bad Gateway"));
    openTunnel(socket, new URL(`http://${request.url}`));
  });
  const port = await listen(server);
  return { url: `${secure ? "https" : "http"}://${HOST}:${port}`, port, targets, authorizations, others, close: () => stop(server, sockets) };
}

function refusal(statusAndHeaders: string): string {
  return `HTTP/1.1 ${statusAndHeaders}\r\ncontent-length: 0\r\n\r\n`;
}

/** Only ever to this machine. */
function openTunnel(socket: Socket, { hostname, port }: URL): void {
  if (hostname !== HOST && hostname !== "localhost") return void socket.end(refusal("502 Bad Gateway"));
  const onward = connect(Number(port || 80), HOST, () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  onward.on("close", () => socket.destroy());
  socket.on("close", () => onward.destroy());
}
