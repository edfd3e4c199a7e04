import { type Settings, settingsAbout } from "./settings.js";

/** Shorter ones would be found in the middle of words. */
const SHORTEST = 6;

/** The texts that must not be shown to anybody: settings that are secrets, and passwords in addresses. */
export function secretsOf(env: Settings): string[] {
  const secrets = settingsAbout().flatMap(({ name, isSecret }) => {
    const value = isSecret ? env[name as keyof Settings] : undefined;
    if (typeof value !== "string") return [];
    return URL.canParse(value) ? passwordsIn(new URL(value)) : [value];
  });
  return secrets.filter((secret) => secret.length >= SHORTEST);
}

function passwordsIn({ password, searchParams }: URL): string[] {
  return [password, decoded(password), ...searchParams.getAll("password")];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
