/**
 * Makes a function that replaces secrets by `***`, also in their forms in JSON and in URLs. Errors of other libraries may
 * quote secrets that the service does not log itself.
 */
export function createSecretMask(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  if (forms.length === 0) return (text) => text;
  // Longest first, because a secret may begin with another one.
  const alternatives = [...new Set(forms)].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(alternatives.map(escapeRegExp).join("|"), "g");
  return (text) => text.replace(pattern, "***");
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
