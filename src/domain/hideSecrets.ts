/**
 * Matches secrets in error texts: a bearer token, or the value of a variable or header with a telling name. The first group
 * may be shown. The pattern begins with a fixed word, so that it takes linear time.
 */
const SECRET_PATTERN =
  /(\bbearer\s+|(?:token|secret|password|authorization)["']*\s*[:=]\s*(?:(?:bearer|basic)\s+)?["']*)[^\s"',;&}]+/gi;

/**
 * Matches the user and the password of an address. A password may hold a slash by mistake; then the limit of its length
 * keeps the time linear. A number after the colon is a port.
 */
const CREDENTIALS_PATTERN = /:\/\/(?:[^\s/:@"'<>]{0,200}:(?!\d{1,5}(?:[/?#\s"']|$))[^\s"'<>]{0,200}|[^\s/"'<>]+)@/g;

const hideSecretsInText = (text: string): string =>
  text.replace(CREDENTIALS_PATTERN, "://[hidden]@").replace(SECRET_PATTERN, "$1[hidden]");

/**
 * Copies a value for display as JSON, and hides secrets in its texts. Error texts of a TMS or the MQS may hold secrets.
 */
export function hideSecrets<T>(shown: T): T {
  return JSON.parse(JSON.stringify(shown), (_, value: unknown) => {
    if (typeof value === "string") return hideSecretsInText(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    // The keys of top_task_errors are error texts.
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [hideSecretsInText(key), inner]));
  }) as T;
}
