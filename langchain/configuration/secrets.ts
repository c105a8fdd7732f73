import { createHash } from "node:crypto";

/** Call options that may be secrets. */
const SECRET_OPTIONS = ["credentials", "bedrockBearerToken", "headers"] as const;

/** A value that no dump shows: callbacks, tracers and serialized runnables receive a call's options. */
class Secret {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  static reveal(value: unknown): unknown {
    return value instanceof Secret ? value.#value : value;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** A copy of call options whose secrets are hidden; the options themselves if they have none. */
export function hideSecrets<Options extends object | undefined>(options: Options): Options {
  return mapSecrets(options, (value) => (value instanceof Secret ? value : new Secret(value)));
}

/** A copy of call options with their secrets as they were given; the options themselves if they have none. */
export function revealSecrets<Options extends object>(options: Options): Options {
  return mapSecrets(options, (value) => Secret.reveal(value));
}

/** A copy of call options with a hash in place of each secret: a cached answer belongs to the identity that asked for it. */
export function hashSecrets<Options extends object>(options: Options): Options {
  return mapSecrets(options, (value) => hash(Secret.reveal(value)));
}

function mapSecrets<Options extends object | undefined>(options: Options, map: (value: unknown) => unknown): Options {
  if (!hasSecrets(options)) return options;
  const copy: Record<string, unknown> = { ...options };
  for (const option of SECRET_OPTIONS) if (copy[option] != null) copy[option] = map(copy[option]);
  return copy as Options;
}

/** Most calls have none, and each call asks four times: reading members by their names is what V8 does fastest. */
function hasSecrets(options: object | null | undefined): boolean {
  if (options == null) return false;
  const { credentials, bedrockBearerToken, headers } = options as Record<(typeof SECRET_OPTIONS)[number], unknown>;
  return credentials != null || bedrockBearerToken != null || headers != null;
}

const functionNames = new WeakMap<object, string>();
let functions = 0;

/** Functions differ by identity, since what they resolve to is not known. */
function hash(value: unknown): string {
  if (typeof value !== "function") return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
  const name = functionNames.get(value) ?? `function ${++functions}`;
  functionNames.set(value, name);
  return name;
}
