/** Names of headers that carry secrets, also those of gateways. `x-amzn-bedrock-input-token-count` is none. */
const SECRET = /cookie|authoriz|authent|secret|password|credential|signature|api-?key|token$/i;

/** The headers of an answer that may be shown. */
export function publicHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET.test(name)).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The milliseconds that headers ask to wait: AWS's own header, else seconds or a date of HTTP. */
export function retryAfterOf(headers: Record<string, string> | undefined): number | undefined {
  const milliseconds = Number(headers?.["x-amz-retry-after"] ?? NaN);
  if (milliseconds >= 0) return milliseconds;
  const value = headers?.["retry-after"]?.trim();
  if (!value) return undefined;
  if (Number(value) >= 0) return Number(value) * 1000;
  const date = Number.isNaN(Number(value)) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
