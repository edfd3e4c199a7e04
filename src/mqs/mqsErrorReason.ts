import { createSecretMask } from "../domain/maskSecrets.js";

/** The most characters of the MQS's reason that are shown, and that are searched for credentials. */
const MAX_REASON_CHARS = 200;
const MAX_TEXT_CHARS = 2000;

/** Texts that look like credentials, by their prefix or their own form. */
const CREDENTIAL_PATTERNS: [RegExp, string][] = [
  [/\b(bearer|basic)\s+\S+/gi, "$1 ***"],
  [/(\w*(?:token|secret|password)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi, "$1***"],
  [/\beyJ[\w-]*\.[\w-]*(\.[\w-]*)?/g, "***"],
  [/:\/\/[^\s/@]+@/g, "://***@"],
];

/**
 * Returns the `error` of a response's body as one short line; undefined when there is none. Users and the log get it,
 * so it masks credentials that the MQS quotes.
 *
 * @param secrets the credentials of the request
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
