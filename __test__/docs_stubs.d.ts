/** What pages of docs/ use of packages that are not installed here. */
declare module "@opentelemetry/api" {
  interface Span {
    setAttributes(attributes: Record<string, string | number | undefined>): this;
    recordException(error: Error): void;
    end(): void;
  }
  const trace: { getTracer(name: string): { startSpan(name: string, options?: { attributes?: Record<string, string> }): Span } };
  export { trace, type Span };
}
