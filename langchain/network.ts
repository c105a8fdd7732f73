import { existsSync } from "node:fs";
import { getEnvironmentVariable } from "@langchain/core/utils/env";
import type { NativeClientOptions } from "./native.js";
import type { ChatBedrockConverseInput } from "./types.js";

type NetworkOptions = NativeClientOptions["network"];

const DEFAULT_CONNECT_TIMEOUT = 10_000;

/** The instance's and the container's own services: behind a proxy, nobody would find them. */
const NEVER_PROXIED = "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

/** How to reach the network: options, then the environment's variables as curl, Node.js and AWS know them. */
export function networkOptions(fields: ChatBedrockConverseInput): NetworkOptions {
  const { connectTimeout = DEFAULT_CONNECT_TIMEOUT } = fields;
  return {
    httpVersion: fields.httpVersion,
    caFiles: caFiles(fields.caBundle),
    ...proxies(fields),
    connectTimeout: connectTimeout || undefined,
  };
}

function caFiles(caBundle: string | string[] | undefined): string[] {
  const files = [caBundle ?? getEnvironmentVariable("AWS_CA_BUNDLE") ?? []].flat();
  const ofNode = getEnvironmentVariable("NODE_EXTRA_CA_CERTS");
  // As in Node.js, this variable may name a file that is not there.
  return ofNode && existsSync(ofNode) ? [...files, ofNode] : files;
}

function proxies({ proxy, noProxy }: ChatBedrockConverseInput): Pick<NetworkOptions, "httpsProxy" | "httpProxy" | "noProxy"> {
  if (proxy === false) return {};
  const httpsProxy = proxy ?? either("HTTPS_PROXY") ?? either("ALL_PROXY");
  const httpProxy = proxy ?? either("HTTP_PROXY") ?? either("ALL_PROXY");
  if (!httpsProxy && !httpProxy) return {};
  const exceptions = noProxy ?? either("NO_PROXY");
  if (exceptions?.split(",").some((exception) => exception.trim() === "*")) return {};
  return { httpsProxy, httpProxy, noProxy: exceptions ? `${exceptions},${NEVER_PROXIED}` : NEVER_PROXIED };
}

/** A variable in either spelling; an empty one says that there is none. */
function either(name: string): string | undefined {
  return getEnvironmentVariable(name.toLowerCase()) || getEnvironmentVariable(name) || undefined;
}
