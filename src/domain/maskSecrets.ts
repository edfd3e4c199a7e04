/**
 * A function that puts `***` in place of each secret, written as it is, in JSON or in a URL. It is the last resort: what is
 * written must not hold secrets in the first place, but other people's errors quote what they please.
 */
export function createSecretMask(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  if (forms.length === 0) return (text) => text;
  // The longest first: one secret may begin with another.
  const alternatives = [...new Set(forms)].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(alternatives.map(escapeRegExp).join("|"), "g");
  return (text) => text.replace(pattern, "***");
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
