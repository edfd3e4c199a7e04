/** The service rejected a request with a status of 400 or more. */
export class ApiError extends Error {
  override name = "ApiError";
  /** The HTTP status. */
  readonly status: number;

  /** @param reason the service's error text */
  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** No usable response arrived within the retry time. */
export class Unreachable extends Error {
  override name = "Unreachable";
  /** The origin of the request's address. */
  readonly url: string;
  /** Whether the request may have taken effect: the connection broke after it was sent, and a repetition is unsafe. */
  readonly mayHaveSucceeded: boolean;

  /** @param reason what failed, in a few words */
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

/** Whether the service is unreachable or failed, so that a later request may succeed. */
export const isServiceUnavailable = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiError && error.status >= 500);

/** The identity provider issued no token: it rejects the client, or the user did not log in. */
export class LoginFailed extends Error {
  override name = "LoginFailed";
}

/** Whether a request failed on the network: `fetch` throws a TypeError, or a DOMException at its sender's time-out. */
export const isNetworkFailure = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError");

/** What failed on the network. The message of `fetch` is only "fetch failed"; its cause has the reason. */
export function networkFailureReason(error: unknown): string {
  const cause = rootCause(error);
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || networkErrorCode(error) || cause.name;
}

/** The system's code of a network failure, such as `ECONNREFUSED`. */
export function networkErrorCode(error: unknown): string | undefined {
  const cause = rootCause(error);
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

const rootCause = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;
