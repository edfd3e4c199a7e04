/** The service understood a request and said no, or failed at it. */
export class ApiError extends Error {
  override name = "ApiError";
  /** The HTTP status. */
  readonly status: number;

  /** @param reason the service's own words */
  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Nobody answered, or only to say that the service is away (503), however often the client tried. */
export class Unreachable extends Error {
  override name = "Unreachable";
  /** Where the service was looked for. */
  readonly url: string;
  /**
   * Whether the service may have done what it was asked for: the connection broke after the request had been sent, and a
   * request of this kind is not sent twice.
   */
  readonly mayHaveSucceeded: boolean;

  /** @param reason what broke, in a few words */
  constructor(
    url: string,
    reason: string,
    { mayHaveSucceeded = false, cause }: { mayHaveSucceeded?: boolean; cause?: unknown } = {},
  ) {
    super(`could not reach ${url}: ${reason}`, { cause });
    this.url = url;
    this.mayHaveSucceeded = mayHaveSucceeded;
  }
}

/** No token could be got: the identity provider is away, refuses the client, or whoever was to log in did not. */
export class LoginFailed extends Error {
  override name = "LoginFailed";
}

/** `fetch` says no more than "fetch failed"; what broke is in the cause. */
export function networkFailureReason(error: unknown): string {
  const cause = rootCause(error);
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || networkErrorCode(error) || cause.name;
}

/** The system's name for what broke: `ECONNREFUSED`. */
export function networkErrorCode(error: unknown): string | undefined {
  const cause = rootCause(error);
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

const rootCause = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;
