import type { FetchMediaOptions } from "../types/media.js";

/** Bytes that the files of one call have together at most. */
export const MAX_TOTAL_BYTES: number = 100 * 1024 * 1024;

/** Whether an entry of `hosts` is a host as URLs have it, with `*.` before at least two labels, and a port. */
export function isHostEntry(entry: unknown): boolean {
  if (typeof entry !== "string") return false;
  const host = entry.replace(/^\*\./, "");
  if (host.includes("*") || !URL.canParse(`https://${host}`) || new URL(`https://${host}`).host !== host) return false;
  return host === entry || /^[^.:]+(\.[^.:]+)+(:\d+)?$/.test(host);
}

/** Whether the user allows a URL. The function gets a copy: what it does to it changes nothing. */
export async function isAllowed(url: URL, hosts: FetchMediaOptions["hosts"]): Promise<boolean> {
  if (typeof hosts === "function") return (await hosts(new URL(url))) === true;
  return hosts.some((entry) => (entry.startsWith("*.") ? url.host.endsWith(entry.slice(1)) && url.host.length >= entry.length : url.host === entry));
}
