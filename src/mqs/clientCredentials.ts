import type { Logger } from "pino";
import { z } from "zod";
import { unavailable } from "../domain/wmsError.js";
import { exchange, parsedJson } from "./httpWithRetry.js";

/** The lifetime, in seconds, of a token that comes without one. */
const ASSUMED_LIFETIME = 60;
/** A token is replaced this many seconds, but no more than a fifth of its life, before it ends: requests take time. */
const MARGIN = 10;

const tokenSchema = z.looseObject({
  // What a header can carry: `fetch` would quote anything else in its error.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.coerce.number().positive().catch(ASSUMED_LIFETIME),
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
  token(deadline: AbortSignal): Promise<string>;
  /** Drops a token that was refused. A newer one that another caller got meanwhile stays. */
  forget(token: string): void;
}

/**
 * The client credentials grant of OAuth2 (RFC 6749, section 4.4).
 *
 * @param options.timeoutMs milliseconds that the token service has to answer
 */
export function createClientCredentials(options: {
  credentials: Credentials;
  timeoutMs: number;
  log: Logger;
}): TokenSource {
  let current: { token: string; goodUntil: number } | undefined;
  let request: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const askedAt = Date.now();
    const { access_token: token, expires_in: lifetime } = await requestToken(options);
    current = { token, goodUntil: askedAt + 1000 * (lifetime - Math.min(MARGIN, lifetime / 5)) };
    return token;
  };
  return {
    async token(deadline) {
      if (current !== undefined && Date.now() < current.goodUntil) return current.token;
      request ??= renew().finally(() => {
        request = undefined;
      });
      return until(deadline, request);
    },
    forget(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

async function requestToken({
  credentials: { tokenUrl, clientId, clientSecret },
  timeoutMs,
  log,
}: Parameters<typeof createClientCredentials>[0]): Promise<z.infer<typeof tokenSchema>> {
  // In the body rather than as Basic: servers disagree on how special characters of a secret are written there.
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
  });
  const headers = { accept: "application/json" };
  const answer = await exchange(
    tokenUrl,
    { method: "POST", headers, body },
    AbortSignal.timeout(timeoutMs),
  ).catch((error: unknown) => {
    log.warn({ err: error, tokenUrl }, "the token service for the MQS did not answer");
    throw noToken(error);
  });
  const token = answer.status === 200 ? tokenSchema.safeParse(parsedJson(answer.text)) : undefined;
  if (token?.success) return token.data;
  // The body stays out of the log: it may hold a token, in a shape that was not expected.
  log.warn({ status: answer.status, tokenUrl }, "the token service for the MQS gave no token");
  throw noToken();
}

/**
 * Also for a refusal: it is about the service's own settings, and what waits for the MQS can go on by itself once they
 * are mended.
 */
const noToken = (cause?: unknown) => unavailable("the service could not get a token for the MQS", cause);

/** The promise's outcome, or the signal's reason when that comes first. */
function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
