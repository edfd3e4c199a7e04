/** Characters of a text whose size is computed at once. */
const PIECE_CHARACTERS = 100_000;

/** A code unit has at most six bytes in JSON. */
const MAX_BYTES_PER_UNIT = 6;
/** Punctuation, and the digits of a number. */
const MAX_VALUE_BYTES = 30;

/** Whether a JSON value certainly has at most so many bytes. Stops at a value that may have more. */
export function isCertainlySmall(value: unknown, maxBytes: number): boolean {
  let left = maxBytes;
  const fits = (part: unknown): boolean => {
    left -= MAX_VALUE_BYTES + (typeof part === "string" ? MAX_BYTES_PER_UNIT * part.length : 0);
    if (left < 0) return false;
    if (typeof part !== "object" || part === null) return true;
    if (Array.isArray(part)) return part.every(fits);
    for (const key in part) if (!fits(key) || !fits((part as Record<string, unknown>)[key])) return false;
    return true;
  };
  return fits(value);
}

/**
 * Computes the bytes of a value as JSON in UTF-8, in slices: to serialize a text of 30 MB takes a tenth of a second.
 *
 * @param value JSON; undefined has no bytes
 * @param pause awaited between the slices
 */
export async function jsonByteLength(value: unknown, pause: () => Promise<void> | undefined): Promise<number> {
  const paused = pause();
  if (paused) await paused;
  if (value === undefined) return 0;
  if (typeof value === "string") return textByteLength(value, pause);
  if (typeof value !== "object" || value === null) return JSON.stringify(value).length;
  const isList = Array.isArray(value);
  const members = isList ? value : Object.entries(value);
  // Brackets, and the commas between the members.
  let bytes = 2 + Math.max(0, members.length - 1);
  for (const member of members) {
    if (isList) bytes += await jsonByteLength(member, pause);
    else {
      const [key, part] = member as [string, unknown];
      bytes += (await textByteLength(key, pause)) + 1 + (await jsonByteLength(part, pause));
    }
  }
  return bytes;
}

async function textByteLength(text: string, pause: () => Promise<void> | undefined): Promise<number> {
  let bytes = 2;
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + PIECE_CHARACTERS);
    // A pair of surrogates is one character.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    bytes += Buffer.byteLength(JSON.stringify(text.slice(start, end))) - 2;
    start = end;
    const paused = pause();
    if (paused) await paused;
  }
  return bytes;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
