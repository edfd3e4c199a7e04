import { hkdfSync, randomBytes } from "node:crypto";
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from "jose";

/** Keeps what a browser holds for us from being read or changed there. */
export class CookieCipher {
  readonly #key: Uint8Array;

  /** @param secret undefined: one is made, so that only this process can open what it sealed */
  constructor(secret: string | undefined) {
    const material = secret ?? randomBytes(32);
    this.#key = new Uint8Array(hkdfSync("sha256", material, "", "EWMS WMS: operators' cookies", 32));
  }

  /**
   * @param purpose what it is for: it can't be opened for anything else
   * @param ttlSeconds how long it can be opened
   */
  encrypt(purpose: string, value: JWTPayload, ttlSeconds: number): Promise<string> {
    return new EncryptJWT(value)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setAudience(purpose)
      .setExpirationTime(new Date(Date.now() + 1000 * ttlSeconds))
      .encrypt(this.#key);
  }

  /** @returns undefined for what was not sealed here for this purpose, or too long ago */
  async decrypt(purpose: string, sealed: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtDecrypt(sealed, this.#key, {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
        audience: purpose,
        requiredClaims: ["exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
