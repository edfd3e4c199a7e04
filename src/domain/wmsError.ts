/**
 * Kinds of errors. `api/` maps each kind to an HTTP status.
 *
 * - `unauthenticated`: missing or invalid credentials (401)
 * - `forbidden`: the caller lacks the role (403)
 * - `invalid`: the request contradicts itself or the configuration (400)
 * - `not-found`: the entity is unknown, or in a phase that does not allow the request (404)
 * - `conflict`: the entity's state forbids the request (422)
 * - `under-way`: the same request is in progress (409)
 * - `upstream-refused`: the MQS refused a call (502)
 * - `unavailable`: Redis, the MQS or the identity provider is unreachable; a retry may succeed (503)
 */
export type ErrorKind =
  | "unauthenticated"
  | "forbidden"
  | "invalid"
  | "not-found"
  | "conflict"
  | "under-way"
  | "upstream-refused"
  | "unavailable";

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
