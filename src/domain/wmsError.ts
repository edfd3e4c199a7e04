/**
 * What can be wrong with a request, in the words of the domain. `api/` maps each kind to an HTTP status;
 * nothing below it knows HTTP.
 *
 * - `unauthenticated`: the caller did not say who it is, or not credibly (401)
 * - `forbidden`: the caller is known and may not do this (403)
 * - `invalid`: the request contradicts itself or the configuration (400)
 * - `not-found`: the entity is unknown, or not in a phase that allows the request (404)
 * - `conflict`: understood, but the entity's state forbids it (422)
 * - `under-way`: the same request is being served at the moment (409)
 * - `upstream-refused`: the MQS refused what we asked it (502)
 * - `unavailable`: Redis or the MQS is away; the same request may work later (503)
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

/** An error that the caller caused or may repair; its message is shown to the caller word for word. */
export class WmsError extends Error {
  readonly kind: ErrorKind;
  /** Seconds after which the same request may succeed; for `unavailable` and `under-way` only. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WmsError";
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A 400: `message` begins with the name of the field, as in `tasks[0].n_workers: expected integer`. */
export const invalid = (message: string): WmsError => new WmsError("invalid", message);

/** A 404. */
export const notFound = (message: string): WmsError => new WmsError("not-found", message);

/** A 503 with the number of seconds to wait. */
export const unavailable = (message: string, cause?: unknown, retryAfterSeconds = 5): WmsError =>
  new WmsError("unavailable", message, { cause, retryAfterSeconds });
