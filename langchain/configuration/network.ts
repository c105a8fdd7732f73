import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { NativeClientOptions } from "../native.js";
import type { ConnectionOptions } from "../types/connection.js";

type NetworkOptions = NativeClientOptions["network"];

/** Milliseconds. */
const DEFAULT_CONNECT_TIMEOUT = 10_000;

/** Metadata and credential services of EC2, ECS and EKS: link-local addresses, which no proxy can reach. */
const NEVER_PROXIED = "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

/** Network settings: options, else the environment variables of curl (`HTTPS_PROXY` …), Node.js (`NODE_EXTRA_CA_CERTS`) and AWS (`AWS_CA_BUNDLE`). */
export function networkOptions(fields: ConnectionOptions): NetworkOptions {
  const { connectTimeout = DEFAULT_CONNECT_TIMEOUT } = fields;
  return {
    httpVersion: fields.httpVersion,
    caFiles: caFiles(fields.caBundle),
    systemCaFile: existing(getEnvironmentVariable("SSL_CERT_FILE")),
    systemCaDirectories: (getEnvironmentVariable("SSL_CERT_DIR") ?? "").split(delimiter).filter(existing),
    ...proxies(fields),
    connectTimeout: connectTimeout || undefined,
  };
}

/** As for OpenSSL, a variable may name a file that is not there. */
function existing(path: string | undefined): string | undefined {
  return path && existsSync(path) ? path : undefined;
}

function caFiles(caBundle: string | string[] | undefined): string[] {
  const files = [caBundle ?? getEnvironmentVariable("AWS_CA_BUNDLE") ?? []].flat();
  const ofNode = getEnvironmentVariable("NODE_EXTRA_CA_CERTS");
  // As in Node.js, this variable may name a file that is not there.
  return ofNode && existsSync(ofNode) ? [...files, ofNode] : files;
}

function proxies({ proxy, noProxy }: ConnectionOptions): Pick<NetworkOptions, "httpsProxy" | "httpProxy" | "noProxy"> {
  if (proxy === false) return {};
  const httpsProxy = proxy ?? proxyVariable("HTTPS_PROXY") ?? proxyVariable("ALL_PROXY");
  const httpProxy = proxy ?? proxyVariable("HTTP_PROXY") ?? proxyVariable("ALL_PROXY");
  if (!httpsProxy && !httpProxy) return {};
  const exceptions = noProxy ?? proxyVariable("NO_PROXY");
  if (exceptions?.split(",").some((exception) => exception.trim() === "*")) return {};
  return { httpsProxy, httpProxy, noProxy: [exceptions, NEVER_PROXIED, credentialsHost()].filter(Boolean).join(",") };
}

/** The host of the container's own credential service, which is on this machine. */
function credentialsHost(): string | undefined {
  const url = getEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const host = url && URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : undefined;
  return host !== undefined && /^(localhost|127\.|::1$)/.test(host) ? host : undefined;
}

/** A variable in lower or upper case; an empty one counts as unset. */
function proxyVariable(name: string): string | undefined {
  return getEnvironmentVariable(name.toLowerCase()) || getEnvironmentVariable(name) || undefined;
}
