import { MAX_TEXT_BYTES } from "./entityLimits.js";

/** A text that may have been cut. */
export interface CutText {
  text: string;
  /** Size of the whole text in UTF-8; undefined when nothing was cut. */
  cutFromBytes: number | undefined;
}

/** A code unit has one to three bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Cuts a text at a character, and appends a mark with its whole size: `… [cut: 31457280 bytes]`.
 *
 * @param maxBytes size of the result in UTF-8, with the mark
 */
export function cutText(text: string, maxBytes = MAX_TEXT_BYTES): CutText {
  if (text.length * MAX_BYTES_PER_UNIT <= maxBytes) return { text, cutFromBytes: undefined };
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= maxBytes) return { text, cutFromBytes: undefined };
  const mark = `… [cut: ${sizeBytes} bytes]`;
  // The slice comes first: the whole text may have megabytes.
  const start = Buffer.from(text.slice(0, maxBytes));
  let end = Math.max(0, maxBytes - Buffer.byteLength(mark));
  while (end > 0 && isContinuation(start[end])) end--;
  return { text: start.toString("utf8", 0, end) + mark, cutFromBytes: sizeBytes };
}

/** Whether a byte continues a character of UTF-8. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
