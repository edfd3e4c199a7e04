import type { Configuration } from "openid-client";
import { isNetworkFailure, LoginFailed, networkFailureReason, Unreachable } from "./clientErrors.js";
import type { SendRequest } from "./retryRequests.js";

/** Returns a bearer token. @param rejected a token that the service rejected and that must be replaced */
export type TokenSource = (rejected?: string) => Promise<string>;

/** How a client authenticates to an identity provider. */
export interface Credentials {
  /** URL of the OpenID Connect provider, as in the settings of the service. */
  issuer: string;
  clientId: string;
  /** With a secret the client uses client credentials; without one a user logs in by the device flow. */
  clientSecret?: string | undefined;
  scope?: string | undefined;
}

/** What a user needs for the device flow. */
export interface DeviceLogin {
  /** URL of the login page, for any device. */
  page: string;
  /** The code to enter on that page. */
  code: string;
  /** URL of a login page that contains the code, if the provider has one. */
  pageWithCode?: string | undefined;
}

/** The tokens that a provider issued. */
export interface TokenSet {
  accessToken: string;
  /** Epoch seconds. */
  expires: number;
  refreshToken?: string | undefined;
}

/** Stores tokens by provider and client. */
export interface TokenCache {
  read(key: string): Promise<TokenSet | undefined>;
  write(key: string, tokens: TokenSet): Promise<void>;
}

/** Options of {@link createTokenSource}. */
export interface TokenSourceOptions {
  /** Undefined: tokens live as long as the source. */
  cache?: TokenCache | undefined;
  /** Shows the user how to log in; required without a client secret. */
  onDeviceLogin?: ((login: DeviceLogin) => void) | undefined;
  /** Aborts the wait for a login. */
  signal?: AbortSignal | undefined;
}

/** A token is replaced this many seconds before its expiry. */
const EXPIRY_MARGIN_SECONDS = 30;
/** Lifetime in seconds of a token whose provider states none. */
const DEFAULT_LIFETIME_SECONDS = 60;

const epochSeconds = (): number => Date.now() / 1000;

/**
 * Creates a source that requests tokens on demand and caches them until they expire.
 *
 * @returns a source that throws {@link LoginFailed}, and {@link Unreachable} while the provider does not answer
 */
export function createTokenSource(
  credentials: Credentials,
  { cache, onDeviceLogin, signal }: TokenSourceOptions = {},
): TokenSource {
  const key = `${credentials.issuer} ${credentials.clientId} ${credentials.scope ?? ""}`.trim();
  let cached: TokenSet | undefined;
  let pendingRequest: Promise<TokenSet> | undefined;

  const obtain = async (rejected: string | undefined): Promise<TokenSet> => {
    cached ??= await cache?.read(key);
    if (isUsable(cached, rejected)) return cached;
    cached = await requestTokens(credentials, cached, onDeviceLogin, signal);
    await cache?.write(key, cached);
    return cached;
  };
  return async (rejected) => {
    if (isUsable(cached, rejected)) return cached.accessToken;
    // Concurrent requests share one login.
    pendingRequest ??= obtain(rejected).finally(() => {
      pendingRequest = undefined;
    });
    return (await pendingRequest).accessToken;
  };
}

const isUsable = (tokens: TokenSet | undefined, rejected: string | undefined): tokens is TokenSet =>
  tokens !== undefined && tokens.accessToken !== rejected && tokens.expires - EXPIRY_MARGIN_SECONDS > epochSeconds();

async function requestTokens(
  credentials: Credentials,
  previous: TokenSet | undefined,
  onDeviceLogin: TokenSourceOptions["onDeviceLogin"],
  signal: AbortSignal | undefined,
): Promise<TokenSet> {
  // Loaded on demand: most commands need no login.
  const oauth = await import("openid-client");
  const { clientSecret, scope } = credentials;
  const parameters: Record<string, string> = scope === undefined ? {} : { scope };
  try {
    const provider = await discoverProvider(oauth, credentials);
    if (clientSecret !== undefined) return toTokenSet(await oauth.clientCredentialsGrant(provider, parameters));
    const renewed = previous?.refreshToken && (await refreshTokens(oauth, provider, previous.refreshToken));
    if (renewed) return renewed;
    if (onDeviceLogin === undefined)
      throw new LoginFailed("without a client secret a user must log in, and no terminal or onDeviceLogin can ask");
    const device = await oauth.initiateDeviceAuthorization(provider, parameters);
    onDeviceLogin({
      page: device.verification_uri,
      code: device.user_code,
      pageWithCode: device.verification_uri_complete,
    });
    return toTokenSet(await oauth.pollDeviceAuthorizationGrant(provider, device, undefined, signal ? { signal } : {}));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LoginFailed) throw error;
    if (isProviderUnreachable(error))
      throw new Unreachable(credentials.issuer, networkFailureReason(error), { cause: error });
    throw new LoginFailed(`${credentials.issuer} issued no token: ${providerErrorText(error)}`, { cause: error });
  }
}

/** Whether the provider did not answer, or a proxy answered in its place. */
function isProviderUnreachable(error: unknown): boolean {
  const status = error instanceof Error && error.cause instanceof Response ? error.cause.status : 0;
  return status >= 500 || isNetworkFailure(error) || (error instanceof Error && isNetworkFailure(error.cause));
}

type OpenId = typeof import("openid-client");

/** Hosts that allow plain HTTP: the traffic stays on this machine. */
const LOCALHOST_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

function discoverProvider(oauth: OpenId, { issuer, clientId, clientSecret }: Credentials): Promise<Configuration> {
  const url = new URL(issuer);
  const authentication = clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret);
  const execute = LOCALHOST_NAMES.has(url.hostname) ? [oauth.allowInsecureRequests] : [];
  return oauth.discovery(url, clientId, undefined, authentication, { execute });
}

/** @returns undefined when the provider rejects the refresh token */
async function refreshTokens(
  oauth: OpenId,
  provider: Configuration,
  refreshToken: string,
): Promise<TokenSet | undefined> {
  try {
    return { refreshToken, ...toTokenSet(await oauth.refreshTokenGrant(provider, refreshToken)) };
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return undefined;
    throw error;
  }
}

type TokenResponse = Awaited<ReturnType<OpenId["clientCredentialsGrant"]>>;

function toTokenSet({ access_token, refresh_token, expires_in }: TokenResponse): TokenSet {
  const expires = epochSeconds() + (expires_in ?? EXPIRY_MARGIN_SECONDS + DEFAULT_LIFETIME_SECONDS);
  return { accessToken: access_token, expires, ...(refresh_token && { refreshToken: refresh_token }) };
}

/** The OAuth error code, such as `access_denied`, or the network failure. */
function providerErrorText(error: unknown): string {
  if (error instanceof Error && "error" in error && typeof error.error === "string") {
    const more = "error_description" in error ? error.error_description : undefined;
    return typeof more === "string" ? `${error.error} (${more})` : error.error;
  }
  return networkFailureReason(error);
}

/** Adds a bearer token to each request and replaces a rejected token once. */
export function withBearerToken(send: SendRequest, token: string | TokenSource | undefined): SendRequest {
  if (token === undefined) return send;
  return async (request, init = { signal: request.signal }) => {
    const sendWithToken = (bearer: string) => {
      const authorized = request.clone();
      authorized.headers.set("authorization", `Bearer ${bearer}`);
      return send(authorized, init);
    };
    if (typeof token === "string") return sendWithToken(token);
    const first = await token();
    const response = await sendWithToken(first);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    return sendWithToken(await token(first));
  };
}
