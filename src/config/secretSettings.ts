import { describeSettings, type Settings } from "./settings.js";

/** Shorter secrets are not masked, because they may be parts of common words. */
const MIN_SECRET_CHARS = 6;

/** Returns the texts that the log must mask: secret settings, and passwords in addresses. */
export function collectSecrets(env: Settings): string[] {
  const secrets = describeSettings().flatMap(({ name, isSecret }) => {
    const value = isSecret ? env[name as keyof Settings] : undefined;
    if (typeof value !== "string") return [];
    return URL.canParse(value) ? passwordsInUrl(new URL(value)) : [value];
  });
  return secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

function passwordsInUrl({ password, searchParams }: URL): string[] {
  return [password, tryDecode(password), ...searchParams.getAll("password")];
}

function tryDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
