/**
 * A secret as error texts quote it: what follows `Bearer`, or a variable or header whose name ends in what it is. The first
 * group is what may be shown. It begins with a fixed word, so that it takes linear time, however long the text.
 */
const SECRET_PATTERN =
  /(\bbearer\s+|(?:token|secret|password|authorization)["']*\s*[:=]\s*(?:(?:bearer|basic)\s+)?["']*)[^\s"',;&}]+/gi;

const hideSecretsInText = (text: string): string => text.replace(SECRET_PATTERN, "$1[hidden]");

/**
 * A copy of something that is about to be shown as JSON, with secrets in its texts hidden. What the service stores of its own
 * accord has none; error texts are whatever a TMS or the MQS sends.
 */
export function hideSecrets<T>(shown: T): T {
  return JSON.parse(JSON.stringify(shown), (_, value: unknown) => {
    if (typeof value === "string") return hideSecretsInText(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    // Errors are keys where they are counted.
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [hideSecretsInText(key), inner]));
  }) as T;
}
