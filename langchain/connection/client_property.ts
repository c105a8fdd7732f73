import { awsClass, type AwsService, isClassMocked } from "../aws_client.js";
import { addHeaders, type AwsCommand } from "./aws_commands.js";

/** A client of AWS's for JavaScript. One that the user gave may have nothing but `send`. */
export interface AwsClient {
  send: (command: object, options: { abortSignal: AbortSignal }) => Promise<unknown>;
  destroy?: () => void;
  config?: { credentials?: unknown };
  middlewareStack?: AwsCommand["middlewareStack"];
}

/** How a model makes its client of AWS's for JavaScript. */
export interface JavaScriptConfiguration {
  service: AwsService;
  /** The client that the user gave. */
  given: object | undefined;
  /** The configuration of one that is made. */
  configuration: () => object;
  headers: Record<string, string> | undefined;
  /** Whether the user's options need AWS's client. */
  isNeeded: boolean;
}

/** The property of a model, such as `client`, that holds a client of AWS's for JavaScript: one that is made when it is first read, or what the user put in its place. */
export class ClientProperty {
  readonly #owner: object;
  readonly #options: JavaScriptConfiguration;
  #assigned: AwsClient | undefined;
  #made: AwsClient | undefined;
  #isChanged = false;
  readonly #get = (): AwsClient => this.#assigned ?? (this.#made ??= this.#make());

  /** Defines the property on `owner` itself: a class field of a subclass then takes its place. */
  constructor(owner: object, options: JavaScriptConfiguration) {
    this.#owner = owner;
    this.#options = options;
    this.#assigned = options.given as AwsClient | undefined;
    const set = (client: AwsClient): void => void (this.#assigned = client);
    // Not enumerable: a client has credentials.
    Object.defineProperty(owner, options.service.property, { configurable: true, enumerable: false, get: this.#get, set });
  }

  /** The client that requests must go through; `undefined` while the user has not given, assigned, changed or mocked one. */
  get inUse(): AwsClient | undefined {
    const { service, isNeeded } = this.#options;
    const isReplaced = Object.getOwnPropertyDescriptor(this.#owner, service.property)?.get !== this.#get;
    const client = isReplaced ? (this.#owner as Record<string, AwsClient | undefined>)[service.property] : this.#assigned;
    if (client !== undefined && client !== null) return client;
    const isTouched = isNeeded || this.#isChanged || (this.#made !== undefined && Object.hasOwn(this.#made, "send"));
    return isTouched || isClassMocked(service) ? (this.#made ??= this.#make()) : undefined;
  }

  /** Whether a client was made here, of the configuration. */
  isMade(client: AwsClient): boolean {
    return client === this.#made;
  }

  /** Destroys the client that was made here. */
  destroy(): void {
    this.#made?.destroy?.();
  }

  #make(): AwsClient {
    const { service, configuration, headers } = this.#options;
    const client = new (awsClass(service, service.client))(configuration()) as AwsClient;
    if (headers !== undefined) addHeaders(client, headers);
    this.#watch(client.middlewareStack as Record<string, (...parameters: unknown[]) => unknown> | undefined);
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
