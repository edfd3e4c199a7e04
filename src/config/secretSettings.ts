import { describeSettings, type Settings } from "./settings.js";

/** Shorter ones would be found in the middle of words. */
const MIN_SECRET_CHARS = 6;

/** The texts that must not be shown to anybody: settings that are secrets, and passwords in addresses. */
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
