import * as oidc from "openid-client";
import { z } from "zod";
import { type Caller, displayNameOf, ROLES_OF_PEOPLE } from "../domain/caller.js";
import type { ClaimRule, RoleRules } from "../domain/claimRules.js";
import { machineClockAheadSeconds } from "../domain/clock.js";
import { unavailable, WmsError } from "../domain/wmsError.js";
import type { OidcProvider } from "./oidcProvider.js";
import { CLOCK_TOLERANCE_SECONDS, callerOf } from "./tokenVerifier.js";

/** Time limit of a request to the provider. */
const PROVIDER_TIMEOUT_SECONDS = 10;

/** This service as a client of the identity provider. */
export interface OidcClient {
  provider: OidcProvider;
  clientId: string;
  /** Undefined: a public client. */
  clientSecret: string | undefined;
  /** The address to which the provider redirects browsers. */
  redirectUri: string;
  /** The address to which the provider redirects browsers after it has ended their session. */
  signedOutUri: string;
  roleRules: RoleRules;
  /** The groups that share the ownership of workflows. */
  groupRules: readonly ClaimRule[];
}

/** A completed login. */
export interface CompletedLogin {
  /** Who has signed in, with the roles of people only. */
  caller: Caller;
  /** Proves the session to the provider when it is to end. */
  idToken: string;
}

/** Someone without any of {@link ROLES_OF_PEOPLE} has signed in. */
export class NoRoleError extends WmsError {
  /** The ID token of the login. */
  readonly idToken: string;

  constructor(caller: Caller, idToken: string) {
    super("forbidden", `${displayNameOf(caller)} has none of the roles ${ROLES_OF_PEOPLE.join(", ")}`);
    this.idToken = idToken;
  }
}

/** The provider can't ask for the account, and does not say so in its metadata. It can ask to sign in again. */
export class UnknownPromptError extends WmsError {
  /** The page to open after the login. */
  readonly to: string;

  constructor(to: string, cause: Error) {
    super("forbidden", "the identity provider cannot ask for another account", { cause });
    this.to = to;
  }
}

/** What the provider shows, even if the browser has a session there. Every provider knows `login`. */
type Prompt = "select_account" | "login";

/** Longer ID tokens are left out of the address that ends the provider's session, which servers limit to 8 KB. */
const MAX_ID_TOKEN_CHARS = 4000;

/** The provider adds it to the address of the signed-out page. */
export const SIGNED_OUT_STATE = "provider";

/** What a login must match when the browser returns from the provider, and the page to open then. */
export const loginAttemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
  prompt: z.enum(["select_account", "login"]).optional(),
});
export type LoginAttempt = z.infer<typeof loginAttemptSchema>;

/** Logins through the identity provider: OpenID Connect's authorization code flow with PKCE, state and nonce. */
export class ProviderLogin {
  readonly #client: OidcClient;

  constructor(client: OidcClient) {
    this.#client = client;
  }

  /**
   * @param to the page to open after the login
   * @param account `any`: the provider may continue a session of the browser; `ask`: it asks for the account, if it can;
   *   `sign in`: the user signs in again
   * @returns the provider's address for the browser, and the attempt for {@link completeLogin}
   * @throws WmsError `unavailable` when the provider is unreachable
   */
  async startLogin(
    to: string,
    account: "any" | "ask" | "sign in" = "any",
  ): Promise<{ url: string; attempt: LoginAttempt }> {
    const configuration = await this.#configuration();
    const prompt: Prompt | undefined =
      account === "any" ? undefined : account === "sign in" ? "login" : accountPrompt(configuration.serverMetadata());
    const attempt = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      to,
      ...(prompt && { prompt }),
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#client.redirectUri,
      scope: "openid profile",
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: "S256",
      ...(prompt && { prompt }),
    });
    return { url: url.href, attempt };
  }

  /**
   * @param search the query of the provider's redirect, with its question mark
   * @throws NoRoleError for an account without a role of people, UnknownPromptError, WmsError `forbidden` for an invalid
   *   login, `unavailable` when the provider is unreachable
   */
  async completeLogin(attempt: LoginAttempt, search: string): Promise<CompletedLogin> {
    const { state, nonce, verifier } = attempt;
    const configuration = await this.#configuration();
    const tokens = await oidc
      .authorizationCodeGrant(configuration, new URL(search, this.#client.redirectUri), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
      })
      .catch((error: unknown) => throwLoginError(error, attempt));
    const claims = tokens.claims();
    const { id_token: idToken } = tokens;
    if (claims === undefined || idToken === undefined)
      throw new WmsError("forbidden", "the identity provider returned no ID token");
    const { roleRules, groupRules } = this.#client;
    const owner = callerOf(claims, roleRules, groupRules);
    // A browser sends no requests of a TMS.
    const roles = new Set(ROLES_OF_PEOPLE.filter((role) => owner.roles.has(role)));
    if (roles.size === 0) throw new NoRoleError(owner, idToken);
    return { caller: { ...owner, roles }, idToken };
  }

  /**
   * Returns the provider's address that ends the browser's session there (OpenID Connect RP-Initiated Logout); undefined
   * when the provider offers none or is unreachable.
   */
  async endSessionUrl(idToken: string | undefined): Promise<string | undefined> {
    try {
      const hint = idToken !== undefined && idToken.length <= MAX_ID_TOKEN_CHARS && { id_token_hint: idToken };
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(configuration, {
        ...hint,
        post_logout_redirect_uri: this.#client.signedOutUri,
        state: SIGNED_OUT_STATE,
      }).href;
    } catch {
      return undefined;
    }
  }

  async #configuration(): Promise<oidc.Configuration> {
    const { provider, clientId, clientSecret } = this.#client;
    const metadata = await provider.metadata();
    const configuration = new oidc.Configuration(
      metadata as oidc.ServerMetadata,
      clientId,
      {
        [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
        // The library adds this to the date of the machine.
        [oidc.clockSkew]: -Math.round(machineClockAheadSeconds()),
      },
      // In the body, because providers encode special characters differently in a Basic header.
      clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret),
    );
    configuration.timeout = PROVIDER_TIMEOUT_SECONDS;
    // Verifies the signature of the ID token, which the library skips for tokens of the token endpoint.
    oidc.enableNonRepudiationChecks(configuration);
    if (metadata.issuer.startsWith("http:")) oidc.allowInsecureRequests(configuration);
    return configuration;
  }
}

/** Not every provider can ask for the account. The login page, too, lets a user choose another one. */
const accountPrompt = ({ prompt_values_supported: supported }: oidc.ServerMetadata): Prompt =>
  Array.isArray(supported) && !supported.includes("select_account") ? "login" : "select_account";

function throwLoginError(error: unknown, { prompt, to }: LoginAttempt): never {
  const isRefused = error instanceof oidc.AuthorizationResponseError && error.error === "invalid_request";
  if (isRefused && prompt === "select_account") throw new UnknownPromptError(to, error);
  if (error instanceof oidc.AuthorizationResponseError)
    throw new WmsError("forbidden", `the identity provider refused the login: ${error.error}`, { cause: error });
  if (error instanceof oidc.ResponseBodyError)
    throw new WmsError("forbidden", `the identity provider rejected the login: ${error.error}`, { cause: error });
  if (error instanceof oidc.ClientError && error.code !== "OAUTH_TIMEOUT")
    throw new WmsError("forbidden", `the login is invalid: ${error.message}`, { cause: error });
  throw unavailable("the identity provider is not available, try again later", error);
}
