/** What one client may ask of a web process. Sizes are bytes, times seconds. */
export interface HttpLimits {
  /** The head of a request: its first line and its headers. */
  headBytes: number;
  /** From the opening of a connection, or the first byte of a later request, to the end of the request's head. */
  headSeconds: number;
  /** The same to the end of the request's body. */
  requestSeconds: number;
  /** From the end of the head to the last byte of the answer that the client takes. */
  responseSeconds: number;
  /** A body, once inflated. */
  bodyBytes: number;
  /** Keys and values in a body of JSON. */
  bodyValues: number;
  /** Connections at a time. */
  connections: number;
}

/** What holds unless an operator sets something else. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  headBytes: 16 * 1024,
  headSeconds: 20,
  requestSeconds: 120,
  responseSeconds: 300,
  bodyBytes: 32 * 1024 * 1024,
  bodyValues: 1_000_000,
  connections: 2000,
};
