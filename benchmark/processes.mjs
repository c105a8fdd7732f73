import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DEVELOPER_VARIABLES = /^(BEDROCK_)?AWS_|^LANG(CHAIN|SMITH)_|_PROXY$|^NODE_OPTIONS$|^NODE_COMPILE_CACHE$|^SSL_CERT_/i;
const CA_FILE = fileURLToPath(new URL("../__test__/fixtures/tls/ca.pem", import.meta.url));

/** Without the developer's settings; the server's certificate is trusted, and the peer's warning is off. */
function environment(more) {
  const kept = Object.entries(process.env).filter(([name]) => !DEVELOPER_VARIABLES.test(name));
  const silence = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
  return { ...Object.fromEntries(kept), ...silence, AWS_EC2_METADATA_DISABLED: "true", NODE_EXTRA_CA_CERTS: CA_FILE, ...more };
}

/** A process that answers each message with one message. */
class Process {
  #child;

  static async start(file, args = [], variables = {}) {
    const started = new Process();
    started.#child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { env: environment(variables), execArgv: [] });
    started.first = await started.#reply();
    return started;
  }

  async ask(message) {
    this.#child.send(message);
    const reply = await this.#reply();
    if (reply.failure) throw new Error(reply.failure);
    return reply;
  }

  async stop() {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    await gone;
  }

  async #reply() {
    const ended = new AbortController();
    const exit = once(this.#child, "exit", { signal: ended.signal }).then(([code, signal]) => {
      throw new Error(`A process of the benchmark ended before it had answered: ${code ?? signal}.`);
    });
    const message = once(this.#child, "message", { signal: ended.signal });
    try {
      return (await Promise.race([message, exit]))[0];
    } finally {
      ended.abort();
      await Promise.allSettled([message, exit]);
    }
  }
}

/** The endpoint; `endpoint` says how to reach it. */
export class Server {
  static async start() {
    const server = new Server();
    server.process = await Process.start("server.mjs");
    server.endpoint = server.process.first;
    return server;
  }

  /** Resets the counts; with `check` it also hashes the received bodies. */
  reset(check = false) {
    return this.process.ask({ reset: true, check });
  }

  counts() {
    return this.process.ask({});
  }

  stop() {
    return this.process.stop();
  }
}

/** The variables by which a process finds its keys: of `variables`, a `profile` or a `container`; none where options give them. */
function variablesOf(keys, { ports, credentials: { accessKeyId, secretAccessKey, sessionToken } }) {
  switch (keys) {
    case "variables":
      return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }) };
    case "profile":
      return { AWS_PROFILE: "bench", AWS_SHARED_CREDENTIALS_FILE: profileFile(accessKeyId, secretAccessKey, sessionToken), AWS_CONFIG_FILE: devNull };
    case "container":
      return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${ports.plain}/credentials`, AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_CONFIG_FILE: devNull };
    default:
      return {};
  }
}

function profileFile(accessKeyId, secretAccessKey, sessionToken) {
  const file = join(mkdtempSync(join(tmpdir(), "bench-")), "credentials");
  const token = sessionToken ? `aws_session_token = ${sessionToken}\n` : "";
  writeFileSync(file, `[bench]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n${token}`);
  return file;
}

/** The process of a package for the rounds of a workload. */
export async function startSubject(name, { endpoint }) {
  const subject = await Process.start("subject.mjs", [name]);
  await subject.ask({ start: endpoint });
  return subject;
}

/** One measurement in a fresh process. */
export async function measureFresh(what, subject, { endpoint }, params) {
  const fresh = await Process.start("fresh.mjs", [what, subject], variablesOf(params.keys, endpoint));
  try {
    return await fresh.ask({ ...params, endpoint });
  } finally {
    await fresh.stop();
  }
}
