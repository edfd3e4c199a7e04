/** Characters of a request that are shown; it can be made up again by its seed anyway. */
const LONGEST = 3000;

/** The bytes of a request as a text that a shell's `printf '%b'` makes them of again. */
export function shownRequest(bytes: Buffer): string {
  const text = [...bytes.subarray(0, LONGEST)].map(shownByte).join("");
  const more = bytes.length > LONGEST ? ` and ${bytes.length - LONGEST} bytes more` : "";
  return `printf '%b' '${text}'${more}`;
}

function shownByte(byte: number): string {
  if (byte === 0x0d) return "\\r";
  if (byte === 0x0a) return "\\n";
  const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
  return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}
