import { hkdfSync, randomBytes } from "node:crypto";
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from "jose";
import { epochMs } from "../domain/clock.js";

/** Encrypts and authenticates the values of cookies. */
export class CookieCipher {
  readonly #key: Uint8Array;

  /** @param secret undefined: a random one, so that only this process can decrypt its cookies */
  constructor(secret: string | undefined) {
    const material = secret ?? randomBytes(32);
    this.#key = new Uint8Array(hkdfSync("sha256", material, "", "EWMS WMS: operators' cookies", 32));
  }

  /**
   * @param purpose the value decrypts for the same purpose only
   * @param ttlSeconds lifetime of the value
   */
  encrypt(purpose: string, value: JWTPayload, ttlSeconds: number): Promise<string> {
    return new EncryptJWT(value)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setAudience(purpose)
      .setExpirationTime(new Date(epochMs() + 1000 * ttlSeconds))
      .encrypt(this.#key);
  }

  /** @returns undefined for a value that is invalid, expired or for another purpose */
  async decrypt(purpose: string, encrypted: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtDecrypt(encrypted, this.#key, {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
        audience: purpose,
        currentDate: new Date(epochMs()),
        requiredClaims: ["exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
