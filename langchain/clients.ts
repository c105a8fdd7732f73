import { credentialsSource, type CredentialsSource } from "./credentials.js";
import { Mailbox } from "./mailbox.js";
import { addon, type NativeClient, type NativeClientOptions } from "./native.js";
import type { CredentialType } from "./types.js";

/** All that tells one connection from another. */
export interface ClientOptions extends Omit<NativeClientOptions, "credentials"> {
  credentials?: CredentialType;
}

/** A native client with the connections, the credentials and the retry quota that models of one configuration share. */
export interface SharedClient {
  readonly native: NativeClient;
  /** Where the outcomes of its calls come. The core holds on to it, so nothing of it may lead back to the client: neither could be collected. */
  readonly mailbox: Mailbox;
  readonly credentials: CredentialsSource | undefined;
  /** How many models use it that have not been closed. */
  users: number;
}

/** Weak, so that a configuration is forgotten with the last model that has it. */
const clients = new Map<string, WeakRef<SharedClient>>();
const forgotten = new FinalizationRegistry<string>((key) => {
  if (clients.get(key)?.deref() === undefined) clients.delete(key);
});

/** The client for a configuration: the one that another model has, or a new one. */
export function acquireClient(options: ClientOptions): SharedClient {
  const key = keyOf(options);
  const client = clients.get(key)?.deref() ?? createClient(key, options);
  client.users++;
  return client;
}

/** Gives a client back; the last one to do so closes its connections. */
export function releaseClient(options: ClientOptions, client: SharedClient): void {
  client.users--;
  if (client.users > 0) return;
  clients.delete(keyOf(options));
  client.native.close();
}

function createClient(key: string, { credentials, ...options }: ClientOptions): SharedClient {
  const source = credentials === undefined ? undefined : credentialsSource(credentials);
  const mailbox = new Mailbox();
  const native = new (addon().Client)({ ...options, credentials: source?.provide }, mailbox.deliver);
  const client: SharedClient = { native, mailbox, credentials: source, users: 0 };
  clients.set(key, new WeakRef(client));
  forgotten.register(client, key);
  return client;
}

/** Functions are told apart by identity, everything else by value. */
function keyOf(options: ClientOptions): string {
  return JSON.stringify(options, (_name, value: unknown) => (typeof value === "function" ? identify(value) : value));
}

const identities = new WeakMap<object, string>();
let identified = 0;

function identify(value: object): string {
  const known = identities.get(value) ?? `function ${++identified}`;
  identities.set(value, known);
  return known;
}
