import { awsModule, isClassMocked } from "../aws_client.js";
import type { BedrockRuntimeClient, ClientOptions } from "../types/aws_client.js";
import { addHeaders, type AwsCommand } from "./aws_commands.js";

/** How a model makes its client of AWS's for JavaScript. */
export interface JavaScriptConfiguration {
  /** The client that the user gave. */
  given: BedrockRuntimeClient | undefined;
  /** The configuration of one that is made. */
  configuration: () => ClientOptions;
  headers: Record<string, string> | undefined;
  /** Whether the user's options need AWS's client. */
  isNeeded: boolean;
}

/** The property `client` of a model: a client of AWS's for JavaScript, made when it is first read, or what the user put in its place. */
export class ClientProperty {
  readonly #owner: { client?: unknown };
  readonly #options: JavaScriptConfiguration;
  #assigned: BedrockRuntimeClient | undefined;
  #made: BedrockRuntimeClient | undefined;
  #isChanged = false;
  readonly #get = (): BedrockRuntimeClient => this.#assigned ?? (this.#made ??= this.#make());

  /** Defines the property on `owner` itself: a class field of a subclass then takes its place. */
  constructor(owner: { client?: unknown }, options: JavaScriptConfiguration) {
    this.#owner = owner;
    this.#options = options;
    this.#assigned = options.given;
    const set = (client: BedrockRuntimeClient): void => void (this.#assigned = client);
    // Not enumerable: a client has credentials.
    Object.defineProperty(owner, "client", { configurable: true, enumerable: false, get: this.#get, set });
  }

  /** The client that requests must go through; `undefined` while the user has not given, assigned, changed or mocked one. */
  get inUse(): BedrockRuntimeClient | undefined {
    const isReplaced = Object.getOwnPropertyDescriptor(this.#owner, "client")?.get !== this.#get;
    const client = isReplaced ? this.#owner.client : this.#assigned;
    if (client !== undefined && client !== null) return client as BedrockRuntimeClient;
    const isTouched = this.#options.isNeeded || this.#isChanged || (this.#made !== undefined && Object.hasOwn(this.#made, "send"));
    return isTouched || isClassMocked() ? (this.#made ??= this.#make()) : undefined;
  }

  /** Destroys the client that was made here. */
  destroy(): void {
    this.#made?.destroy();
  }

  #make(): BedrockRuntimeClient {
    const { configuration, headers } = this.#options;
    const client = new (awsModule().BedrockRuntimeClient)(configuration() ?? {});
    if (headers !== undefined) addHeaders(client as unknown as AwsCommand, headers);
    this.#watch(client.middlewareStack as unknown as Record<string, (...parameters: unknown[]) => unknown> | undefined);
    return client;
  }

  /** Notices middleware that the user adds to a client, or removes. */
  #watch(middlewareStack: Record<string, (...parameters: unknown[]) => unknown> | undefined): void {
    for (const method of ["add", "addRelativeTo", "use", "remove", "removeByTag"]) {
      const original = middlewareStack?.[method];
      if (middlewareStack === undefined || original === undefined) continue;
      middlewareStack[method] = (...parameters) => {
        this.#isChanged = true;
        return original.apply(middlewareStack, parameters);
      };
    }
  }
}
