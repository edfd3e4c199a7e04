import { createHash } from "node:crypto";
import type { createYielder } from "./time.js";

/** The SHA-256 digest of a text in UTF-8. */
export const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Bytes that are hashed in one go. */
const SLICE_BYTES = 64 * 1024;

/** The hexadecimal SHA-256 digest of any number of bytes. Yields to other work. */
export async function sha256OfBytes(bytes: Uint8Array, pause: ReturnType<typeof createYielder>): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    const due = pause();
    if (due !== undefined) await due;
    hash.update(bytes.subarray(start, start + SLICE_BYTES));
  }
  return hash.digest("hex");
}
