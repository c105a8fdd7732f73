import { awsClass, type AwsService } from "../aws_client.js";

/** A command of AWS's JavaScript client, of which `middlewareStack` is missing where the class is a mock. */
export interface AwsCommand {
  middlewareStack?: { add: (middleware: (next: Next) => Next, options: { step: "build" }) => void };
}

type Next = (sent: { request: { headers: Record<string, string> } }) => Promise<unknown>;

/** A command of a service with headers of its own, which are signed. */
export function makeCommand(service: AwsService, name: string, input: object, headers: Record<string, string> | undefined): AwsCommand {
  const command: AwsCommand = new (awsClass(service, name))(input);
  if (headers !== undefined) addHeaders(command, headers);
  return command;
}

/** Adds headers to all requests of a client, or to the one of a command. */
export function addHeaders({ middlewareStack }: Pick<AwsCommand, "middlewareStack">, headers: Record<string, string>): void {
  const middleware = (next: Next): Next => (sent) => {
    Object.assign(sent.request.headers, headers);
    return next(sent);
  };
  middlewareStack?.add(middleware, { step: "build" });
}
