import { awsClass, type AwsService } from "../aws_client.js";

/** A command of AWS's JavaScript client, of which `middlewareStack` is missing where the class is a mock. */
export interface AwsCommand {
  middlewareStack?: { add: (middleware: (next: Next) => Next, options: { step: "build" | "deserialize" }) => void };
}

type Next = (sent: { request: { headers: Record<string, string> } }) => Promise<{ response?: unknown }>;

/** A command of a service with headers of its own, which are signed. */
export function makeCommand(service: AwsService, name: string, input: object, headers: Record<string, string> | undefined): AwsCommand {
  const command: AwsCommand = new (awsClass(service, name))(input);
  if (headers !== undefined) addHeaders(command, headers);
  return command;
}

/** Calls `take` with the headers of a command's answer. */
export function takeHeaders({ middlewareStack }: AwsCommand, take: (headers: Record<string, string>) => void): void {
  const middleware = (next: Next): Next => async (sent) => {
    const answered = await next(sent);
    const headers = (answered as { response?: { headers?: Record<string, string> } } | undefined)?.response?.headers;
    if (headers !== undefined) take(headers);
    return answered;
  };
  middlewareStack?.add(middleware, { step: "deserialize" });
}

/** Adds headers to all requests of a client, or to the one of a command. */
export function addHeaders({ middlewareStack }: Pick<AwsCommand, "middlewareStack">, headers: Record<string, string>): void {
  const middleware = (next: Next): Next => (sent) => {
    Object.assign(sent.request.headers, headers);
    return next(sent);
  };
  middlewareStack?.add(middleware, { step: "build" });
}

/** Returns what reads a header of a command's answer, which the client's output does not have. */
export function followHeader({ middlewareStack }: AwsCommand, name: string): () => string | undefined {
  let value: string | undefined;
  const middleware = (next: Next): Next => async (sent) => {
    const result = await next(sent);
    value = (result.response as { headers?: Record<string, string> } | undefined)?.headers?.[name];
    return result;
  };
  middlewareStack?.add(middleware, { step: "deserialize" });
  return () => value;
}
