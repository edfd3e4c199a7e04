import { RedisStartError } from "./startError.js";

/**
 * Checks the form of a Redis address.
 *
 * @throws RedisStartError
 */
export function checkAddress(url: string): void {
  // With one slash, what is meant as a password would be a path, which is shown.
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new RedisStartError("REDIS_URL: is no redis://host:port or rediss://host:port address");
  const { username, password, pathname } = new URL(url);
  try {
    decodeURIComponent(username + password);
  } catch {
    throw new RedisStartError("REDIS_URL: its user or password holds a % that must be written as %25");
  }
  if (!/^\/?\d*$/.test(pathname))
    throw new RedisStartError("REDIS_URL: names a database that is no number: redis://host:port/number");
}

/** An address as people may see it: without user, password and options. */
export function displayAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
