import { createHash } from "node:crypto";
import { addon, outsideCalls, type NativeClient, type NativeClientOptions, type NativeCompletion } from "../native.js";
import type { CredentialType } from "../types/credentials.js";
import { credentialsSource, type CredentialsSource } from "./credentials.js";
import { Mailbox } from "./mailbox.js";

/** The configuration of a native client. Models with equal configurations share a client. */
export interface ClientConfiguration extends Omit<NativeClientOptions, "credentials" | "hasStaticCredentials"> {
  credentials?: CredentialType;
}

/** A native client with the connections, the credentials and the retry quota that models of one configuration share. */
export interface SharedClient {
  readonly key: string;
  readonly native: NativeClient;
  /** Receives the outcomes of its calls. The core holds a reference to it, so it must not refer to the client: neither could be collected. */
  readonly mailbox: Mailbox;
  readonly credentials: CredentialsSource | undefined;
  /** The number of models that use it and have not been closed. */
  users: number;
}

/** Weak: an entry is removed when the last model with that configuration is collected. */
const clients = new Map<string, WeakRef<SharedClient>>();
const collected = new FinalizationRegistry<string>((key) => {
  if (clients.get(key)?.deref() === undefined) clients.delete(key);
});

/** The client for a configuration: an existing one, or a new one. */
export function acquireClient(configuration: ClientConfiguration): SharedClient {
  const key = keyOf(configuration);
  const client = clients.get(key)?.deref() ?? createClient(key, configuration);
  client.users++;
  return client;
}

/** Sends a request of a client under a new number, and resolves with its completion. */
export function request({ mailbox, credentials }: SharedClient, start: (call: number) => void): Promise<NativeCompletion> {
  return credentials?.during === undefined ? mailbox.call(start) : credentials.during(() => mailbox.call(start));
}

/** Releases a client. When no model uses it any more, its connections are closed, and calls that have not been sent yet are refused. */
export function releaseClient(client: SharedClient): void {
  if (removeUser(client)) client.native.close();
}

/** Releases a client of a model that stays open: calls that have not been sent yet, because they wait for their credentials, are still sent. */
export function retireClient(client: SharedClient): void {
  if (removeUser(client)) client.native.disconnect();
}

/** Returns whether it was the last user. */
function removeUser(client: SharedClient): boolean {
  client.users--;
  if (client.users > 0) return false;
  clients.delete(client.key);
  return true;
}

function createClient(key: string, { credentials, ...options }: ClientConfiguration): SharedClient {
  const source = credentials === undefined ? undefined : credentialsSource(credentials);
  const mailbox = new Mailbox();
  const { Client } = addon();
  const provide = source && provideWeakly(new WeakRef(source));
  const native = outsideCalls(() => new Client({ ...options, credentials: provide, hasStaticCredentials: typeof credentials === "object" }, mailbox.deliver));
  const client: SharedClient = { key, native, mailbox, credentials: source, users: 0 };
  clients.set(key, new WeakRef(client));
  collected.register(client, key);
  return client;
}

/**
 * The core holds a reference to it, so it must not refer to the user's function: that may refer to the model, as a method or by what it is written beside, and
 * none of them could be collected. A client that is used has its source.
 */
function provideWeakly(source: WeakRef<CredentialsSource>): CredentialsSource["provide"] {
  return async () => (await source.deref()?.provide()) ?? null;
}

/** The members that decide whose quotas a request uses, and where. */
export function quotaIdentityOf({ environment, region, endpointUrl, useFipsEndpoint, useDualstackEndpoint, ...others }: ClientConfiguration): string {
  const { credentials, bearerToken, isUnsigned, webIdentity, profile, filepath, configFilepath } = others;
  const target = { region, endpointUrl, useFipsEndpoint, useDualstackEndpoint };
  const json = keyOf({ ...target, environment, credentials, bearerToken, isUnsigned, webIdentity, profile, filepath, configFilepath });
  return createHash("sha256").update(json).digest("base64url");
}

/** Functions are compared by identity, everything else by value. */
function keyOf(configuration: Partial<ClientConfiguration>): string {
  return JSON.stringify(configuration, (_name, value: unknown) => (typeof value === "function" ? identityOf(value) : value));
}

/** Where the process keeps the names of objects: this module may be loaded twice, as an ES module and as CommonJS. */
const IDENTITIES = Symbol.for("langchain-aws-native.identities");

/** A name for a function, or another object, that no other has. */
export function identityOf(value: object): string {
  const holder = globalThis as { [IDENTITIES]?: { names: WeakMap<object, string>; count: number } };
  const identities = (holder[IDENTITIES] ??= { names: new WeakMap(), count: 0 });
  const known = identities.names.get(value) ?? `object ${++identities.count}`;
  identities.names.set(value, known);
  return known;
}
