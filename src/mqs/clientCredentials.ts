import type { Logger } from "pino";
import { z } from "zod";
import { unavailable } from "../domain/wmsError.js";
import { httpWithRetry, parseJsonOrUndefined } from "./httpWithRetry.js";

/** The lifetime, in seconds, of a token that comes without one. */
const DEFAULT_LIFETIME_SECONDS = 60;
/** A token is replaced this many seconds, but no more than a fifth of its life, before it ends: requests take time. */
const RENEWAL_MARGIN_SECONDS = 10;

const tokenSchema = z.looseObject({
  // What a header can carry: `fetch` would quote anything else in its error.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.coerce.number().positive().catch(DEFAULT_LIFETIME_SECONDS),
});

/** An OAuth2 client, as the token service knows it. */
export interface Credentials {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
}

/** Gives out the token that requests carry. */
export interface TokenSource {
  /**
   * The current token, or a new one. Callers that need a new one at the same time share one request for it.
   *
   * @param deadline how long this caller waits; the shared request goes on without it
   * @throws WmsError `unavailable` when there is no token to be had, or the reason of the deadline
   */
  getToken(deadline: AbortSignal): Promise<string>;
  /** Drops a token that was refused. A newer one that another caller got meanwhile stays. */
  invalidate(token: string): void;
}

/**
 * The client credentials grant of OAuth2 (RFC 6749, section 4.4).
 *
 * @param options.timeoutMs milliseconds that the token service has to answer
 */
export function createTokenSource(options: { credentials: Credentials; timeoutMs: number; log: Logger }): TokenSource {
  let current: { token: string; goodUntil: number } | undefined;
  let pendingToken: Promise<string> | undefined;

  const renewToken = async (): Promise<string> => {
    const requestedAtMs = Date.now();
    const { access_token: token, expires_in: lifetimeSeconds } = await requestToken(options);
    current = {
      token,
      goodUntil: requestedAtMs + 1000 * (lifetimeSeconds - Math.min(RENEWAL_MARGIN_SECONDS, lifetimeSeconds / 5)),
    };
    return token;
  };
  return {
    async getToken(deadline) {
      if (current !== undefined && Date.now() < current.goodUntil) return current.token;
      pendingToken ??= renewToken().finally(() => {
        pendingToken = undefined;
      });
      return raceWithSignal(deadline, pendingToken);
    },
    invalidate(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

async function requestToken({
  credentials: { tokenUrl, clientId, clientSecret },
  timeoutMs,
  log,
}: Parameters<typeof createTokenSource>[0]): Promise<z.infer<typeof tokenSchema>> {
  // In the body rather than as Basic: servers disagree on how special characters of a secret are written there.
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
  });
  const headers = { accept: "application/json" };
  const response = await httpWithRetry(
    tokenUrl,
    { method: "POST", headers, body },
    AbortSignal.timeout(timeoutMs),
  ).catch((error: unknown) => {
    log.warn({ err: error, tokenUrl }, "the token service for the MQS did not answer");
    throw tokenUnavailable(error);
  });
  const token = response.status === 200 ? tokenSchema.safeParse(parseJsonOrUndefined(response.text)) : undefined;
  if (token?.success) return token.data;
  // The body stays out of the log: it may hold a token, in a shape that was not expected.
  log.warn({ status: response.status, tokenUrl }, "the token service for the MQS gave no token");
  throw tokenUnavailable();
}

/**
 * Also for a refusal: it is about the service's own settings, and what waits for the MQS can go on by itself once they
 * are mended.
 */
const tokenUnavailable = (cause?: unknown) => unavailable("the service could not get a token for the MQS", cause);

/** The promise's outcome, or the signal's reason when that comes first. */
function raceWithSignal<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
