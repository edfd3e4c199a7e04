/** The service understood a request and said no, or failed at it. */
export class Refusal extends Error {
  override name = "Refusal";
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
  readonly mayBeDone: boolean;

  /** @param reason what broke, in a few words */
  constructor(
    url: string,
    reason: string,
    { mayBeDone = false, cause }: { mayBeDone?: boolean; cause?: unknown } = {},
  ) {
    super(`could not reach ${url}: ${reason}`, { cause });
    this.url = url;
    this.mayBeDone = mayBeDone;
  }
}

/** No token could be got: the identity provider is away, refuses the client, or whoever was to log in did not. */
export class LoginFailed extends Error {
  override name = "LoginFailed";
}

/** `fetch` says no more than "fetch failed"; what broke is in the cause. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || codeOf(error) || cause.name;
}

/** The system's name for what broke: `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  const cause = causeOf(error);
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;
