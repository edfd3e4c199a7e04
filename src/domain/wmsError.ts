/** Kinds of errors. `api/` maps each kind to an HTTP status. */
export type ErrorKind =
  | "unauthenticated" // 401: missing or invalid credentials
  | "forbidden" // 403: the caller lacks the role
  | "invalid" // 400: the request contradicts itself or the configuration
  | "not-found" // 404: the entity is unknown, or in a phase that does not allow the request
  | "conflict" // 422: the entity's state forbids the request
  | "under-way" // 409: the same request is in progress
  | "upstream-refused" // 502: the MQS refused a call
  | "unavailable"; // 503: Redis, the MQS or the identity provider is unreachable; a retry may succeed

/** An error for the caller, who sees its message unchanged. */
export class WmsError extends Error {
  readonly kind: ErrorKind;
  /** Set for `unavailable` and `under-way`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WmsError";
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Creates a 400. The message begins with the field, as in `tasks[0].n_workers: expected integer`. */
export const invalid = (message: string): WmsError => new WmsError("invalid", message);

/** Creates a 404. */
export const notFound = (message: string): WmsError => new WmsError("not-found", message);

/** Creates a 503 with a `Retry-After`. */
export const unavailable = (message: string, cause?: unknown, retryAfterSeconds = 5): WmsError =>
  new WmsError("unavailable", message, { cause, retryAfterSeconds });

/** The MQS has said how long to wait. */
export class UpstreamBusyError extends WmsError {
  readonly waitSeconds: number;

  constructor(message: string, waitSeconds: number) {
    super("unavailable", message, { retryAfterSeconds: waitSeconds });
    this.waitSeconds = waitSeconds;
  }
}
