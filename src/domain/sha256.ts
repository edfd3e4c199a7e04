import { createHash, hash } from "node:crypto";
import type { createYielder } from "./time.js";

/** The SHA-256 digest of a text in UTF-8. */
export const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/** The hexadecimal SHA-256 digest of a text in UTF-8. */
export const sha256Hex = (text: string): string => hash("sha256", text, "hex");

/** Bytes that are hashed in one go. */
const SLICE_BYTES = 64 * 1024;

/** The hexadecimal SHA-256 digest of any number of bytes. Yields to other work. */
export async function sha256OfBytes(bytes: Uint8Array, pause: ReturnType<typeof createYielder>): Promise<string> {
  // Without an object for the hash, small ones take a third of the time.
  if (bytes.length <= SLICE_BYTES) return hash("sha256", bytes, "hex");
  const sliced = createHash("sha256");
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    const due = pause();
    if (due !== undefined) await due;
    sliced.update(bytes.subarray(start, start + SLICE_BYTES));
  }
  return sliced.digest("hex");
}
