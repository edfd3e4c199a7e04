import { createSecretMask } from "../domain/maskSecrets.js";

/** Characters of the MQS's own reason that are shown, and that are looked at. */
const MAX_REASON_CHARS = 200;
const MAX_TEXT_CHARS = 2000;

/** What looks like a credential, by what stands before it or by its own form. */
const CREDENTIAL_PATTERNS: [RegExp, string][] = [
  [/\b(bearer|basic)\s+\S+/gi, "$1 ***"],
  [/(\w*(?:token|secret|password)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi, "$1***"],
  [/\beyJ[\w-]*\.[\w-]*(\.[\w-]*)?/g, "***"],
  [/:\/\/[^\s/@]+@/g, "://***@"],
];

/**
 * The `error` of an answer's body, as one short line; undefined when there is none. It goes to users and into the log, so
 * what the MQS quotes of credentials is left out.
 *
 * @param secrets what the MQS was sent
 */
export function mqsErrorReason(body: unknown, secrets: readonly (string | undefined)[]): string | undefined {
  const error = typeof body === "object" && body !== null ? (body as { error?: unknown }).error : undefined;
  if (typeof error !== "string") return undefined;
  const mask = createSecretMask(secrets.filter((secret) => secret !== undefined));
  let text = mask(error.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim()).slice(0, MAX_TEXT_CHARS);
  for (const [pattern, masked] of CREDENTIAL_PATTERNS) text = text.replace(pattern, masked);
  const line = [...text];
  const shortened = line.length > MAX_REASON_CHARS ? [...line.slice(0, MAX_REASON_CHARS), "…"] : line;
  return shortened.join("") || undefined;
}
