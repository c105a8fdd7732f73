import { awsModule } from "../aws_client.js";

/** A command of AWS's JavaScript client, of which `middlewareStack` is missing where the class is a mock. */
export interface AwsCommand {
  middlewareStack?: { add: (middleware: (next: Next) => Next, options: { step: "build" }) => void };
}

type Next = (sent: { request: { headers: Record<string, string> } }) => Promise<unknown>;

/** Operations by the names of AWS's commands. */
export type CommandName = "ConverseCommand" | "ConverseStreamCommand" | "InvokeModelCommand";

/** A command with headers of its own, which are signed. */
export function makeCommand(name: CommandName, input: object, headers: Record<string, string> | undefined): AwsCommand {
  const Command = awsModule()[name] as unknown as new (input: object) => AwsCommand;
  const command = new Command(input);
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
