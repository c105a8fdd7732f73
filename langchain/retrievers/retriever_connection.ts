import { AsyncLocalStorage } from "node:async_hooks";
import type { RunnableConfig } from "@langchain/core/runnables";
import type { AwsService } from "../aws_client.js";
import { resolveCallOptions } from "../configuration/call_options.js";
import { connectionOptions, resolveRegion, withClientOptions } from "../configuration/connection_options.js";
import { checkCallOptions, checkConstructorOptions, RETRIEVER_CALL_OPTIONS } from "../configuration/option_checks.js";
import type { OptionType } from "../configuration/option_types.js";
import { ModelConnection } from "../connection/model_connection.js";
import type { ServiceRequest } from "../request/service_request.js";
import type { ConnectionOptions } from "../types/connection.js";
import type { RetrieverCallOptions, RetrieverConnectionOptions } from "../types/retrievers.js";

type Fields = RetrieverConnectionOptions & { clientOptions?: object };

/** The signal of `invoke`, which LangChain does not pass on. */
const signals = new AsyncLocalStorage<AbortSignal | undefined>();

/** A retriever's way to its service. */
export class RetrieverConnection {
  /** Empty when only the AWS profile or the instance metadata has it, which the first request reads. */
  readonly region: string;
  readonly #className: string;
  readonly #responseTimeout: number | undefined;
  readonly #connection: ModelConnection;

  /** Checks the options. Defines the property of `owner` that holds AWS's client for JavaScript. */
  constructor(owner: object, className: string, service: AwsService, given: Fields, types: Record<string, OptionType>) {
    const fields = withClientOptions(given as ConnectionOptions);
    checkConstructorOptions(className, fields, types);
    this.#className = className;
    this.#responseTimeout = fields.responseTimeout;
    this.region = resolveRegion(fields);
    this.#connection = new ModelConnection(owner, connectionOptions(className, fields, this.region, {}, { service }));
  }

  /** Runs `work` under the signal and the time limit of a call of `invoke`. */
  static run<Result>(options: Partial<RunnableConfig> | undefined, work: () => Result): Result {
    const { signal, timeout } = options ?? {};
    const limits = [signal, timeout === undefined ? undefined : AbortSignal.timeout(timeout)].filter((it) => it !== undefined);
    return signals.run(limits.length < 2 ? limits[0] : AbortSignal.any(limits), work);
  }

  async request<Answer extends object>(request: ServiceRequest, options: RetrieverCallOptions): Promise<Answer> {
    checkCallOptions(this.#className, options, RETRIEVER_CALL_OPTIONS);
    const { signal = signals.getStore(), ...others } = options;
    signal?.throwIfAborted();
    return this.#connection.request(request, resolveCallOptions({ signal, ...others }, { responseTimeout: this.#responseTimeout }));
  }

  close(): void {
    this.#connection.close();
  }
}
