import * as oidc from "openid-client";
import { z } from "zod";
import { type RoleRules, rolesOf } from "../domain/claimRules.js";
import { unavailable, WmsError } from "../domain/wmsError.js";
import type { OidcProvider } from "./oidcProvider.js";
import { CLOCK_TOLERANCE_SECONDS } from "./tokenVerifier.js";

/** Seconds that the provider has to answer. */
const PROVIDER_TIMEOUT_SECONDS = 10;

/** This service as a client of the identity provider. */
export interface OidcClient {
  provider: OidcProvider;
  clientId: string;
  /** Undefined: a public client. */
  clientSecret: string | undefined;
  /** Where the provider sends browsers back to. */
  redirectUri: string;
  roleRules: RoleRules;
}

/** What a browser has to bring back from the provider for its login to count, and where it wanted to go. */
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
   * @param to where the browser wanted to go
   * @returns where to send it, and what it must bring back
   * @throws WmsError `unavailable` when the provider can't be asked
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
   * @param search the query with which the browser came back, with its question mark
   * @returns the name of the operator
   * @throws WmsError `forbidden` when the login does not count, or is no operator's, `unavailable` when the provider can't
   *   be asked
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
    if (claims === undefined) throw new WmsError("forbidden", "the identity provider gave no ID token");
    const name = operatorNameOf(claims);
    if (!rolesOf(claims, this.#client.roleRules).has("operator"))
      throw new WmsError("forbidden", `${name} is no operator`);
    return name;
  }

  async #configuration(): Promise<oidc.Configuration> {
    const { provider, clientId, clientSecret } = this.#client;
    const metadata = await provider.metadata();
    const configuration = new oidc.Configuration(
      // JSON, as it came.
      metadata as oidc.ServerMetadata,
      clientId,
      { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      // In the body: providers disagree on how special characters of a secret are written in a Basic header.
      clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret),
    );
    configuration.timeout = PROVIDER_TIMEOUT_SECONDS;
    // Checks the ID token's signature too, though it comes from the provider itself.
    oidc.enableNonRepudiationChecks(configuration);
    if (metadata.issuer.startsWith("http:")) oidc.allowInsecureRequests(configuration);
    return configuration;
  }
}

/** A user name may change hands, the subject may not: who reads the log needs the one, who investigates the other. */
function operatorNameOf({ sub, preferred_username: name }: oidc.IDToken): string {
  return typeof name === "string" && name !== "" ? `${name} (${sub})` : sub;
}

function throwLoginError(error: unknown): never {
  if (error instanceof oidc.AuthorizationResponseError)
    throw new WmsError("forbidden", `the identity provider refused the login: ${error.error}`, {
      cause: error,
    });
  if (error instanceof oidc.ResponseBodyError)
    throw new WmsError("forbidden", `the identity provider took the login back: ${error.error}`, {
      cause: error,
    });
  if (error instanceof oidc.ClientError && error.code !== "OAUTH_TIMEOUT")
    throw new WmsError("forbidden", `the login does not count: ${error.message}`, { cause: error });
  throw unavailable("the identity provider is not available, try again later", error);
}
