import { errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Caller } from "../domain/caller.js";
import { type ClaimRule, matchingValues, type RoleRules, rolesOf } from "../domain/claimRules.js";
import { epochMs } from "../domain/clock.js";
import { sha256 } from "../domain/sha256.js";
import { truncateText } from "../domain/truncateText.js";
import { unavailable, WmsError } from "../domain/wmsError.js";
import type { OidcProvider } from "./oidcProvider.js";

/** Only asymmetric algorithms: with a symmetric one, an attacker could sign with the public key as the secret. */
const SIGNATURE_ALGORITHMS = ["RS256", "RS512", "ES256"];
/** Tolerated difference between the clocks of the provider and of the service. */
export const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * Verifies a bearer token and returns its owner.
 *
 * @throws WmsError `unauthenticated` for an invalid token, `unavailable` when the provider is unreachable
 */
export type TokenVerifier = (token: string) => Promise<Caller>;

/** What a valid token must match. */
export interface TokenVerifierOptions {
  provider: OidcProvider;
  /** Required audience; undefined: any. */
  audience: string | undefined;
  roleRules: RoleRules;
  /** The groups that share the ownership of workflows; undefined: none. */
  groupRules?: readonly ClaimRule[];
  log: Logger;
}

/** Makes a verifier of the provider's access tokens, which are JWTs signed with one of its keys. */
export function createTokenVerifier({
  provider,
  audience,
  roleRules,
  groupRules = [],
  log,
}: TokenVerifierOptions): TokenVerifier {
  const verifiedTokens = new VerifiedTokenCache();
  const verify = async (token: string): Promise<JWTPayload> => {
    const issuer = await provider.issuers();
    try {
      const { payload } = await jwtVerify(token, provider.findKey, {
        algorithms: SIGNATURE_ALGORITHMS,
        issuer,
        ...(audience !== undefined && { audience }),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(epochMs()),
        requiredClaims: ["exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof WmsError) throw error;
      const isBadKey = error instanceof errors.JWKInvalid || error instanceof errors.JWKSInvalid;
      if (error instanceof errors.JOSEError && !isBadKey)
        throw new WmsError("unauthenticated", tokenErrorMessage(error), { cause: error });
      // The provider's key is malformed or too short: the token may be valid.
      log.warn({ err: error }, "a key of the identity provider is unusable");
      throw unavailable("the identity provider's key is unusable", error);
    }
  };
  return async (token) => {
    const known = verifiedTokens.get(token);
    if (known !== undefined) return known;
    const payload = await verify(token);
    const caller = callerOf(payload, roleRules, groupRules);
    verifiedTokens.add(token, caller, 1000 * ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS));
    return caller;
  };
}

/** Groups of a caller that are kept: a token may have hundreds. */
const MAX_GROUPS = 50;
/** Characters of a caller's name. */
const MAX_SHOWN_NAME_CHARS = 120;

/** Returns the caller whom the claims of a verified token describe. */
export function callerOf(payload: JWTPayload, roleRules: RoleRules, groupRules: readonly ClaimRule[]): Caller {
  const caller: Caller = { subject: subjectOf(payload), roles: rolesOf(payload, roleRules) };
  const { name, preferred_username, email } = payload;
  const shown = [name, preferred_username, email].find((claim) => typeof claim === "string" && claim !== "");
  const groups = matchingValues(payload, groupRules).slice(0, MAX_GROUPS);
  return {
    ...caller,
    ...(shown !== undefined && { name: truncateText(String(shown), MAX_SHOWN_NAME_CHARS) }),
    ...(groups.length > 0 && { groups }),
  };
}

/** Falls back to the client id, because tokens of programs may lack a subject. */
function subjectOf({ sub, azp, client_id }: JWTPayload): string {
  const name = [sub, azp, client_id].find((claim) => typeof claim === "string" && claim !== "");
  return name === undefined ? "unnamed" : String(name);
}

function tokenErrorMessage(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return claimErrorMessage(error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return "the token's signature is wrong";
  if (error instanceof errors.JOSEAlgNotAllowed)
    return `the token must be signed with ${SIGNATURE_ALGORITHMS.join(", ")}`;
  if (error instanceof errors.JWKSNoMatchingKey) return "the token is signed with an unknown key";
  return "the token is no valid JWT";
}

function claimErrorMessage({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === "missing") return `the token lacks the claim ${claim}`;
  if (reason === "invalid") return `the token's claim ${claim} is malformed`;
  if (claim === "nbf") return "the token is not valid yet";
  if (claim === "iss") return "the token is from another issuer";
  return "the token is for another audience";
}

/** Lifetime of an entry. A token whose key was withdrawn stays valid for that long. */
const MAX_TTL_MS = 2 * 60_000;
/** Beyond this number the least recently used token is removed. */
const MAX_TOKENS = 1000;

/** Caches the callers of verified tokens by the tokens' hashes. Verification takes half as long as serving a read. */
export class VerifiedTokenCache {
  readonly #entries = new LRUCache<string, { caller: Caller; addedAtMs: number; expiresAtMs: number }>({
    max: MAX_TOKENS,
  });

  get(token: string): Caller | undefined {
    const entry = this.#entries.get(hash(token));
    const isValid =
      entry !== undefined && epochMs() < entry.expiresAtMs && performance.now() < entry.addedAtMs + MAX_TTL_MS;
    return isValid ? entry.caller : undefined;
  }

  /** @param expiresAtMs epoch milliseconds */
  add(token: string, caller: Caller, expiresAtMs: number): void {
    this.#entries.set(hash(token), { caller, addedAtMs: performance.now(), expiresAtMs });
  }
}

const hash = (token: string): string => sha256(token).toString("base64");
