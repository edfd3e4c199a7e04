/** Limits of one client of a web process. Sizes are bytes, times seconds. */
export interface HttpLimits {
  /** The request line and the headers. */
  headBytes: number;
  /** From the start of a connection, or the first byte of a later request, to the end of the head. */
  headSeconds: number;
  /** The same to the end of the body. */
  requestSeconds: number;
  /** From the end of the head to the last byte of the response that the client reads. */
  responseSeconds: number;
  /** A body after decompression. */
  bodyBytes: number;
  /** Keys and values in a JSON body. */
  bodyValues: number;
  /** The body of a query after decompression. */
  queryBodyBytes: number;
  /** Concurrent connections. */
  connections: number;
  /** The same of one client address. */
  connectionsPerAddress: number;
}

/** Limits of a stream of server-sent events. */
export interface EventStreamLimits {
  /** Between two heartbeats. */
  heartbeatSeconds: number;
  /** Longest duration of a stream. Its client reconnects and is authorized again: it may have lost its role. */
  maxSeconds: number;
  /** Unread bytes for a slow client. Beyond, the connection is closed. */
  maxBufferBytes: number;
}

/** The limits that apply when no setting changes them. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  headBytes: 16 * 1024,
  headSeconds: 20,
  requestSeconds: 120,
  responseSeconds: 300,
  bodyBytes: 32 * 1024 * 1024,
  bodyValues: 1_000_000,
  queryBodyBytes: 4 * 1024 * 1024,
  connections: 2000,
  connectionsPerAddress: 500,
};
