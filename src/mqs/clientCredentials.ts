import type { Logger } from "pino";
import { sharePending } from "../domain/sharePending.js";
import { unavailable } from "../domain/wmsError.js";
import { httpWithRetry } from "./httpWithRetry.js";
import { findTokenEndpoint, type TokenEndpoint } from "./tokenEndpoint.js";

/** The lifetime, in seconds, of a token whose response names none. */
const DEFAULT_LIFETIME_SECONDS = 60;
/** A token is renewed this many seconds before it expires, but no earlier than after four fifths of its lifetime. */
const RENEWAL_MARGIN_SECONDS = 10;
/** Characters that a header can carry. `fetch` would quote any other token in its error. */
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/** The service as a client of the MQS's token service. */
export interface Credentials {
  /** The token endpoint, or the issuer whose discovery document names it. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
}

/** Supplies the token of requests to the MQS. */
export interface TokenSource {
  /**
   * Returns the current token, or requests a new one. Concurrent callers share one request.
   *
   * @param deadline ends the wait of this caller; the shared request goes on
   * @throws WmsError `unavailable` when the token service gives no token, or the reason of the deadline
   */
  getToken(deadline: AbortSignal): Promise<string>;
  /** Drops a token that the MQS refused. A newer token, which another caller requested meanwhile, stays. */
  invalidate(token: string): void;
}

/**
 * Creates a source of tokens by OAuth2's client credentials grant (RFC 6749, section 4.4).
 *
 * @param timeoutMs the time limit of the token service
 */
export function createTokenSource(credentials: Credentials, timeoutMs: number, log: Logger): TokenSource {
  let current: { token: string; validUntilMs: number } | undefined;
  // Known once it has given a token: an issuer that fails would look like an endpoint.
  let endpoint: TokenEndpoint | undefined;
  const renewToken = sharePending(async (): Promise<string> => {
    const requestedAtMs = performance.now();
    const used = endpoint ?? (await findEndpoint(credentials, timeoutMs, log));
    const { token, lifetimeSeconds } = await requestToken(credentials, used.url, timeoutMs, log);
    if (endpoint === undefined)
      log.info({ tokenEndpoint: used.url, source: used.source }, "the token service for the MQS gives tokens");
    endpoint = used;
    const marginSeconds = Math.min(RENEWAL_MARGIN_SECONDS, lifetimeSeconds / 5);
    current = { token, validUntilMs: requestedAtMs + 1000 * (lifetimeSeconds - marginSeconds) };
    return token;
  });
  return {
    async getToken(deadline) {
      if (current !== undefined && performance.now() < current.validUntilMs) return current.token;
      return raceWithSignal(deadline, renewToken());
    },
    invalidate(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

async function findEndpoint({ tokenUrl }: Credentials, timeoutMs: number, log: Logger): Promise<TokenEndpoint> {
  try {
    return await findTokenEndpoint(tokenUrl, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    log.warn({ err: error, tokenUrl }, NO_ANSWER);
    throw tokenUnavailable(error);
  }
}

const NO_ANSWER = "the token service for the MQS did not answer";

async function requestToken(
  { clientId, clientSecret }: Credentials,
  tokenUrl: string,
  timeoutMs: number,
  log: Logger,
): Promise<{ token: string; lifetimeSeconds: number }> {
  // Imported here: a process without MQS credentials does not load the package.
  const oidc = await import("openid-client");
  let status: number | undefined;
  // The secret goes into the body: servers disagree on the encoding of special characters in a Basic header.
  const authentication = oidc.ClientSecretPost(clientSecret);
  const client = new oidc.Configuration({ issuer: tokenUrl, token_endpoint: tokenUrl }, clientId, {}, authentication);
  // MQS_TOKEN_URL may begin with http://.
  oidc.allowInsecureRequests(client);
  client[oidc.customFetch] = async (url, init) => {
    const response = await httpWithRetry(url, init as RequestInit, AbortSignal.timeout(timeoutMs));
    status = response.status;
    return new Response(response.text || null, { status, headers: { "content-type": "application/json" } });
  };
  try {
    const { access_token: token, expires_in: lifetimeSeconds } = await oidc.clientCredentialsGrant(client);
    if (HEADER_VALUE.test(token)) return { token, lifetimeSeconds: lifetimeSeconds || DEFAULT_LIFETIME_SECONDS };
  } catch (error) {
    if (status === undefined) {
      log.warn({ err: error, tokenUrl }, NO_ANSWER);
      throw tokenUnavailable(error);
    }
  }
  // The log and the error leave the cause out: it may hold a token.
  log.warn({ status, tokenUrl }, "the token service for the MQS gave no token; check MQS_TOKEN_URL and the client");
  throw tokenUnavailable();
}

/** Also for a refusal of the client: callers retry, and succeed once an operator has corrected the settings. */
const tokenUnavailable = (cause?: unknown) => unavailable("the service could not get a token for the MQS", cause);

/** Returns the promise's outcome, or throws the signal's reason when that comes first. */
function raceWithSignal<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
