/** Shown instead of a secret. */
const HIDDEN = "[hidden]";

const SECRET_WORDS = "token|secret|passw(?:or)?d|passphrase|credential|authorization|(?:api|access|private)[_-]?key";
/** Names of variables and fields whose value is secret. A name of a file is none. */
const SECRET_NAME = new RegExp(`(?:${SECRET_WORDS}|cookie|bearer)s?(?:[_-]?(?:key|value|string|base64))?$`, "i");
/** `token=…`, `"password": "…"`, `--api-key …`, `Bearer …`. It begins with a fixed word, so that it takes linear time. */
const SECRET_IN_TEXT = new RegExp(
  `(\\bbearer\\s+|(?:${SECRET_WORDS})(?:[_-](?:key|value))?["']*\\s*[:=]\\s*(?:(?:bearer|basic)\\s+)?["']*)[^\\s"',;&}]+`,
  "gi",
);
const SECRET_OPTION = new RegExp(
  `(--[\\w-]{0,40}?(?:${SECRET_WORDS})(?:[_-](?:key|value))?\\s+["']?)[^\\s"'-][^\\s"']*`,
  "gi",
);
/** User and password of an address. A number after the colon is a port. */
const CREDENTIALS = /:\/\/[^\s/:@"'<>]{0,200}:(?!\d{1,5}(?:[/?#\s"']|$))[^\s"'<>@]{1,200}@/g;

/** Hides what looks like a secret in a text, such as arguments of a program. */
export const hideSecretsInText = (text: string): string =>
  text
    .replace(CREDENTIALS, `://${HIDDEN}@`)
    .replace(SECRET_IN_TEXT, `$1${HIDDEN}`)
    .replace(SECRET_OPTION, `$1${HIDDEN}`);

/** Copies a JSON value, and hides what looks like a secret: by the name of its field, or in a text. */
export function hideSecretValues<T>(value: T, name = ""): T {
  if (Array.isArray(value)) return value.map((each: unknown) => hideSecretValues(each, name)) as T;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideSecretValues(inner, key)])) as T;
  if (typeof value !== "string" && typeof value !== "number") return value;
  if (value !== "" && SECRET_NAME.test(name)) return HIDDEN as T;
  return typeof value === "string" ? (hideSecretsInText(value) as T) : value;
}
