/**
 * A function that puts `***` in place of each secret, written as it is, in JSON or in a URL. It is the last resort: what is
 * written must not hold secrets in the first place, but other people's errors quote what they please.
 */
export function masking(secrets: readonly string[]): (text: string) => string {
  const written = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
  ]);
  if (written.length === 0) return (text) => text;
  // The longest first: one secret may begin with another.
  const alternatives = [...new Set(written)].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(alternatives.map(asPattern).join("|"), "g");
  return (text) => text.replace(pattern, "***");
}

const asPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
