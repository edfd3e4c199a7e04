import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK } from "jose";

/** A key that signs tokens, and its published half. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  /** The published key. */
  jwk: JWK;
}

/** Key pairs of each algorithm. An RSA pair takes 0.1 s to generate, so a process reuses its pairs in rotation. */
const keyPairs = new Map<string, Promise<GenerateKeyPairResult>[]>();
/** No test needs more keys of one algorithm. */
const PAIRS_OF_EACH_ALGORITHM = 4;

/** Makes a signing key with a new id. Its key pair differs from those of the three keys before. */
export async function makeSigningKey(alg = "RS256"): Promise<SigningKey> {
  const pairs = keyPairs.get(alg) ?? [];
  keyPairs.set(alg, pairs);
  const oldest = pairs.length < PAIRS_OF_EACH_ALGORITHM ? undefined : pairs.shift();
  const pair = oldest ?? generateKeyPair(alg, { extractable: true });
  pairs.push(pair);
  const { privateKey, publicKey } = await pair;
  const kid = randomUUID();
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}
