import type { Configuration } from "openid-client";
import { LoginFailed, networkFailureReason } from "./clientErrors.js";
import type { SendRequest } from "./retryRequests.js";

/** Gives a bearer token. @param refused a token that the service did not take; another one is wanted */
export type TokenSource = (refused?: string) => Promise<string>;

/** How to ask an identity provider for tokens. */
export interface Credentials {
  /** The OpenID Connect provider, as the service knows it. */
  issuer: string;
  clientId: string;
  /** With it the client speaks for itself; without it a person logs in by the device flow. */
  clientSecret?: string | undefined;
  scope?: string | undefined;
}

/** What a person is told who logs in by the device flow. */
export interface DeviceLogin {
  /** The page to open, on any device. */
  page: string;
  /** What to enter there. */
  code: string;
  /** A page that knows the code already, where the provider has one. */
  pageWithCode?: string | undefined;
}

/** What a provider gave. */
export interface TokenSet {
  accessToken: string;
  /** Epoch seconds. */
  expires: number;
  refreshToken?: string | undefined;
}

/** Keeps grants, by provider and client. */
export interface TokenCache {
  read(key: string): Promise<TokenSet | undefined>;
  write(key: string, grant: TokenSet): Promise<void>;
}

/** What {@link createTokenSource} may use. */
export interface TokenSourceOptions {
  /** Undefined: tokens are kept as long as the source is. */
  cache?: TokenCache | undefined;
  /** Shows a person how to log in; needed where there is no client secret. */
  onDeviceLogin?: ((login: DeviceLogin) => void) | undefined;
  /** Ends waiting for a login. */
  signal?: AbortSignal | undefined;
}

/** Seconds before its end from which on a token is not used any more. */
const EXPIRY_MARGIN_SECONDS = 30;
/** How long a token is kept whose provider does not say, in seconds. */
const DEFAULT_LIFETIME_SECONDS = 60;

const epochSeconds = (): number => Date.now() / 1000;

/**
 * Tokens of an identity provider, got when they are needed and kept while they are good.
 *
 * @returns a source that raises {@link LoginFailed}
 */
export function createTokenSource(
  credentials: Credentials,
  { cache, onDeviceLogin, signal }: TokenSourceOptions = {},
): TokenSource {
  const key = `${credentials.issuer} ${credentials.clientId} ${credentials.scope ?? ""}`.trim();
  let cached: TokenSet | undefined;
  let pendingRequest: Promise<TokenSet> | undefined;

  const obtain = async (refused: string | undefined): Promise<TokenSet> => {
    cached ??= await cache?.read(key);
    if (isUsable(cached, refused)) return cached;
    cached = await requestTokens(credentials, cached, onDeviceLogin, signal);
    await cache?.write(key, cached);
    return cached;
  };
  return async (refused) => {
    if (isUsable(cached, refused)) return cached.accessToken;
    // Requests at the same time share one login.
    pendingRequest ??= obtain(refused).finally(() => {
      pendingRequest = undefined;
    });
    return (await pendingRequest).accessToken;
  };
}

const isUsable = (grant: TokenSet | undefined, refused: string | undefined): grant is TokenSet =>
  grant !== undefined && grant.accessToken !== refused && grant.expires - EXPIRY_MARGIN_SECONDS > epochSeconds();

async function requestTokens(
  credentials: Credentials,
  previous: TokenSet | undefined,
  onDeviceLogin: TokenSourceOptions["onDeviceLogin"],
  signal: AbortSignal | undefined,
): Promise<TokenSet> {
  // Only those who log in this way load it.
  const oauth = await import("openid-client");
  const { clientSecret, scope } = credentials;
  const parameters: Record<string, string> = scope === undefined ? {} : { scope };
  try {
    const provider = await discoverProvider(oauth, credentials);
    if (clientSecret !== undefined) return toTokenSet(await oauth.clientCredentialsGrant(provider, parameters));
    const renewed = previous?.refreshToken && (await refreshTokens(oauth, provider, previous.refreshToken));
    if (renewed) return renewed;
    if (onDeviceLogin === undefined) throw new LoginFailed("there is nobody to log in, and no client secret");
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
    throw new LoginFailed(`${credentials.issuer} gave no token: ${providerErrorText(error)}`, {
      cause: error,
    });
  }
}

type OpenId = typeof import("openid-client");

/** The machine's own names: a provider there may be spoken to without TLS. */
const LOCALHOST_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

function discoverProvider(oauth: OpenId, { issuer, clientId, clientSecret }: Credentials): Promise<Configuration> {
  const url = new URL(issuer);
  const proof = clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret);
  const execute = LOCALHOST_NAMES.has(url.hostname) ? [oauth.allowInsecureRequests] : [];
  return oauth.discovery(url, clientId, undefined, proof, { execute });
}

/** @returns undefined when the refresh token does not count any more */
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

/** OAuth's own error, where there is one: `access_denied`. */
function providerErrorText(error: unknown): string {
  if (error instanceof Error && "error" in error && typeof error.error === "string") {
    const more = "error_description" in error ? error.error_description : undefined;
    return typeof more === "string" ? `${error.error} (${more})` : error.error;
  }
  return networkFailureReason(error);
}

/** Sends a bearer token along; one that the service refuses is replaced once. */
export function withBearerToken(send: SendRequest, token: string | TokenSource | undefined): SendRequest {
  if (token === undefined) return send;
  return async (request) => {
    const sendWithToken = (bearer: string) => {
      const sent = request.clone();
      sent.headers.set("authorization", `Bearer ${bearer}`);
      return send(sent);
    };
    if (typeof token === "string") return sendWithToken(token);
    const first = await token();
    const answer = await sendWithToken(first);
    if (answer.status !== 401) return answer;
    await answer.body?.cancel();
    return sendWithToken(await token(first));
  };
}
