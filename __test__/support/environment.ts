const OF_THE_DEVELOPER = /^(BEDROCK_)?AWS_|_PROXY$|^NODE_EXTRA_CA_CERTS$|^SSL_CERT_/i;

/** Runs every test of a file without the developer's own AWS, proxy and CA variables, and undoes what a test sets. */
export function useCleanEnvironment(): void {
  const environment = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (OF_THE_DEVELOPER.test(name)) delete process.env[name];
  });
  afterEach(() => {
    process.env = { ...environment };
  });
}

/** A promise, and how to settle it from elsewhere. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
