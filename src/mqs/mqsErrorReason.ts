import { masking } from "../domain/maskSecrets.js";

/** Characters of the MQS's own reason that are shown, and that are looked at. */
const LONGEST_REASON = 200;
const LONGEST_TEXT = 2000;

/** What looks like a credential, by what stands before it or by its own form. */
const CREDENTIALS: [RegExp, string][] = [
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
export function reasonOf(body: unknown, secrets: readonly (string | undefined)[]): string | undefined {
  const error = typeof body === "object" && body !== null ? (body as { error?: unknown }).error : undefined;
  if (typeof error !== "string") return undefined;
  const mask = masking(secrets.filter((secret) => secret !== undefined));
  let text = mask(error.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim()).slice(0, LONGEST_TEXT);
  for (const [pattern, masked] of CREDENTIALS) text = text.replace(pattern, masked);
  const line = [...text];
  const shortened = line.length > LONGEST_REASON ? [...line.slice(0, LONGEST_REASON), "…"] : line;
  return shortened.join("") || undefined;
}
