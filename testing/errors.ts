/** The HTTP status of each error that Bedrock's runtime documents. */
const STATUS_OF_ERROR = {
  AccessDeniedException: 403,
  ConflictException: 400,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  SerializationException: 400,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  ValidationException: 400,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
} as const;

/** The name of an error; names that are not listed are accepted too. */
export type ErrorName = keyof typeof STATUS_OF_ERROR | (string & {});

/** An error as the service reports it. */
export interface ServiceError {
  name: ErrorName;
  message: string;
  status: number;
  /** The member of the body for the message: AWS's check of API keys writes `Message`. */
  messageMember?: "message" | "Message";
}

/** An error with the status that AWS gives it; 400 for a name AWS does not document. */
export function serviceError(name: ErrorName, message: string, status: number = statusOfError(name)): ServiceError {
  return { name, message, status };
}

/** The error of a stream's exception event, in an answer without a stream: `throttlingException` → 429. */
export function errorOfException(member: string, payload: unknown): ServiceError {
  const name = member.charAt(0).toUpperCase() + member.slice(1);
  const message = typeof payload === "object" && payload !== null && "message" in payload ? String(payload.message) : "";
  return serviceError(name, message);
}

/** The headers and the body of an error. */
export function errorResponse(error: ServiceError): { headers: Record<string, string>; body: string } {
  return {
    headers: { "content-type": "application/json", "x-amzn-errortype": error.name },
    body: JSON.stringify({ [error.messageMember ?? "message"]: error.message }),
  };
}

function statusOfError(name: string): number {
  const statuses: Record<string, number> = STATUS_OF_ERROR;
  return statuses[name] ?? 400;
}
