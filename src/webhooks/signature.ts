import { createHmac } from "node:crypto";

/**
 * Signs a body, so that its receiver can verify its sender and its age.
 *
 * @param timestamp epoch seconds, an integer
 * @returns the value of `Ewms-Signature`
 */
export const signBody = (secret: string, timestamp: number, body: string): string =>
  `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
