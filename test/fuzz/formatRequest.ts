/** Shown bytes of a request. The seed reproduces the whole request. */
const MAX_SHOWN_BYTES = 3000;

/** Formats a request as a shell command that prints its bytes. */
export function formatRequest(bytes: Buffer): string {
  const text = [...bytes.subarray(0, MAX_SHOWN_BYTES)].map(formatByte).join("");
  const more = bytes.length > MAX_SHOWN_BYTES ? ` and ${bytes.length - MAX_SHOWN_BYTES} more bytes` : "";
  return `printf '%b' '${text}'${more}`;
}

function formatByte(byte: number): string {
  if (byte === 0x0d) return "\\r";
  if (byte === 0x0a) return "\\n";
  const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
  return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}
