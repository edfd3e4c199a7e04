import * as oidc from "openid-client";
import { z } from "zod";
import { type RoleRules, rolesOf } from "../domain/claimRules.js";
import { unavailable, WmsError } from "../domain/wmsError.js";
import type { OidcProvider } from "./oidcProvider.js";
import { CLOCK_TOLERANCE_SECONDS } from "./tokenVerifier.js";

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
  roleRules: RoleRules;
}

/** What a login must match when the browser returns from the provider, and the page to open then. */
export const loginAttemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
});
export type LoginAttempt = z.infer<typeof loginAttemptSchema>;

/** Logins through the identity provider: OpenID Connect's authorization code flow with PKCE, state and nonce. */
export class OperatorLogin {
  readonly #client: OidcClient;

  constructor(client: OidcClient) {
    this.#client = client;
  }

  /**
   * @param to the page to open after the login
   * @returns the provider's address for the browser, and the attempt for {@link completeLogin}
   * @throws WmsError `unavailable` when the provider is unreachable
   */
  async startLogin(to: string): Promise<{ url: string; attempt: LoginAttempt }> {
    const attempt = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      to,
    };
    const url = oidc.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.#client.redirectUri,
      scope: "openid profile",
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, attempt };
  }

  /**
   * @param search the query of the provider's redirect, with its question mark
   * @returns the name of the operator
   * @throws WmsError `forbidden` for an invalid login or a user without the role of operators, `unavailable` when the
   *   provider is unreachable
   */
  async completeLogin({ state, nonce, verifier }: LoginAttempt, search: string): Promise<string> {
    const configuration = await this.#configuration();
    const tokens = await oidc
      .authorizationCodeGrant(configuration, new URL(search, this.#client.redirectUri), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
      })
      .catch(throwLoginError);
    const claims = tokens.claims();
    if (claims === undefined) throw new WmsError("forbidden", "the identity provider returned no ID token");
    const name = operatorNameOf(claims);
    if (!rolesOf(claims, this.#client.roleRules).has("operator"))
      throw new WmsError("forbidden", `${name} is not an operator`);
    return name;
  }

  async #configuration(): Promise<oidc.Configuration> {
    const { provider, clientId, clientSecret } = this.#client;
    const metadata = await provider.metadata();
    const configuration = new oidc.Configuration(
      metadata as oidc.ServerMetadata,
      clientId,
      { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
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

/** The user name is readable, but may be given to another person; the subject identifies one person. */
function operatorNameOf({ sub, preferred_username: name }: oidc.IDToken): string {
  return typeof name === "string" && name !== "" ? `${name} (${sub})` : sub;
}

function throwLoginError(error: unknown): never {
  if (error instanceof oidc.AuthorizationResponseError)
    throw new WmsError("forbidden", `the identity provider refused the login: ${error.error}`, { cause: error });
  if (error instanceof oidc.ResponseBodyError)
    throw new WmsError("forbidden", `the identity provider rejected the login: ${error.error}`, { cause: error });
  if (error instanceof oidc.ClientError && error.code !== "OAUTH_TIMEOUT")
    throw new WmsError("forbidden", `the login is invalid: ${error.message}`, { cause: error });
  throw unavailable("the identity provider is not available, try again later", error);
}
