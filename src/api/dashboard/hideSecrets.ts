/**
 * A secret as error texts quote it: what follows `Bearer`, or a variable or header whose name ends in what it is. The first
 * group is what may be shown. It begins with a fixed word, so that it takes linear time, however long the text.
 */
const SECRET =
  /(\bbearer\s+|(?:token|secret|password|authorization)["']*\s*[:=]\s*(?:(?:bearer|basic)\s+)?["']*)[^\s"',;&}]+/gi;

const hide = (text: string): string => text.replace(SECRET, "$1[hidden]");

/**
 * A copy of something that is about to be shown as JSON, with secrets in its texts hidden. What the service stores of its own
 * accord has none; error texts are whatever a TMS or the MQS sends.
 */
export function withoutSecrets<T>(shown: T): T {
  return JSON.parse(JSON.stringify(shown), (_, value: unknown) => {
    if (typeof value === "string") return hide(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    // Errors are keys where they are counted.
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [hide(key), inner]));
  }) as T;
}
