import type { IdentityProvider } from "../auth/identityProvider.js";

/** Milliseconds after which clients get another token. It lasts for five minutes. */
const RENEWAL_INTERVAL_MS = 60_000;

/** The token of all clients, which is always signed with the provider's present key. */
export class TokenSource {
  readonly #provider: IdentityProvider;
  #current: { authorization: Promise<string>; kid: string | undefined; signedAtMs: number } | undefined;

  constructor(provider: IdentityProvider) {
    this.#provider = provider;
  }

  /** Returns the header `Authorization`. */
  authorization(): Promise<string> {
    const kid = this.#provider.keys.at(-1)?.kid;
    const known = this.#current;
    if (known !== undefined && known.kid === kid && performance.now() < known.signedAtMs + RENEWAL_INTERVAL_MS)
      return known.authorization;
    const authorization = this.#provider
      .signToken({ ewms_role: ["user", "system-tms"] })
      .then((token) => `Bearer ${token}`);
    this.#current = { authorization, kid, signedAtMs: performance.now() };
    return authorization;
  }
}
