import { errors, type JWTPayload, jwtVerify } from "jose";
import type { Logger } from "pino";
import type { Caller } from "../domain/caller.js";
import { type RoleRules, rolesOf } from "../domain/claimRules.js";
import { unavailable, WmsError } from "../domain/wmsError.js";
import type { OidcProvider } from "./oidcProvider.js";
import { VerifiedTokenCache } from "./verifiedTokenCache.js";

/** Signatures by a key pair only: with a shared secret in the list, a public key could pass for the secret. */
const SIGNATURE_ALGORITHMS = ["RS256", "RS512", "ES256"];
/** Seconds by which the clocks of the provider and of this machine may differ. */
export const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * Says who a bearer token's owner is.
 *
 * @throws WmsError `unauthenticated` for a token that does not count, `unavailable` when the provider can't be asked
 */
export type TokenVerifier = (token: string) => Promise<Caller>;

/** What a token has to be. */
export interface TokenVerifierOptions {
  provider: OidcProvider;
  /** Whom tokens must be meant for; undefined: anybody. */
  audience: string | undefined;
  roleRules: RoleRules;
  log: Logger;
}

/** A check of the provider's access tokens, JWTs signed with one of its keys. */
export function createTokenVerifier({ provider, audience, roleRules, log }: TokenVerifierOptions): TokenVerifier {
  const verifiedTokens = new VerifiedTokenCache();
  const verify = async (token: string): Promise<JWTPayload> => {
    const { issuer } = await provider.metadata();
    try {
      const { payload } = await jwtVerify(token, provider.findKey, {
        algorithms: SIGNATURE_ALGORITHMS,
        issuer,
        ...(audience !== undefined && { audience }),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof WmsError) throw error;
      const isKeys = error instanceof errors.JWKInvalid || error instanceof errors.JWKSInvalid;
      if (error instanceof errors.JOSEError && !isKeys)
        throw new WmsError("unauthenticated", tokenErrorMessage(error), { cause: error });
      // A key that is malformed, or too short to be trusted, is no fault of the token.
      log.warn({ err: error }, "a key of the identity provider can't be used");
      throw unavailable("the identity provider's key can't be used", error);
    }
  };
  return async (token) => {
    const known = verifiedTokens.get(token);
    if (known !== undefined) return known;
    const payload = await verify(token);
    const caller = { subject: subjectOf(payload), roles: rolesOf(payload, roleRules) };
    verifiedTokens.add(token, caller, 1000 * ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS));
    return caller;
  };
}

/** Tokens of programs may lack a subject, and name the client that they were given to. */
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
