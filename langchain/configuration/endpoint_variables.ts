import { getEnvironmentVariable } from "@langchain/core/utils/env";
import { URL_TEXT } from "./option_types.js";

/**
 * The endpoint that AWS's environment variables name: that of a service before that of all services. An empty variable names none, as in AWS's clients.
 *
 * @throws If it is no URL. The message does not show it: it may have a password.
 */
export function endpointOfEnvironment(serviceVariable: string): string | undefined {
  if (getEnvironmentVariable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") === "true") return undefined;
  const variable = [serviceVariable, "AWS_ENDPOINT_URL"].find(getEnvironmentVariable);
  if (variable === undefined) return undefined;
  const url = getEnvironmentVariable(variable);
  if (!URL_TEXT.accepts(url)) throw new Error(`The environment variable ${variable} must be ${URL_TEXT.expected}.`);
  return url;
}
