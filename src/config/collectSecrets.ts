import { type Settings, secretSettings } from "./settings.js";

/** Shorter secrets are not masked, because they may be parts of common words. */
const MIN_SECRET_CHARS = 6;

/** Returns the texts that the log must mask: secret settings, and passwords in addresses. */
export function collectSecrets(env: Settings): string[] {
  const secrets = secretSettings().flatMap((name) => {
    const value = env[name as keyof Settings];
    if (typeof value !== "string") return [];
    // A path of a Unix socket is no URL by itself.
    const base = name === "REDIS_URL" && value.startsWith("/") ? "redis://localhost" : undefined;
    return URL.canParse(value, base) ? passwordsInUrl(new URL(value, base)) : [value];
  });
  return secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

const passwordsInUrl = ({ password, searchParams }: URL): string[] => [
  password,
  tryDecode(password),
  ...searchParams.getAll("password"),
];

function tryDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
