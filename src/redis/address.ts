import { RedisStartError } from "./startError.js";

/**
 * Checks the form of a Redis address.
 *
 * @throws RedisStartError
 */
export function checkAddress(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol !== "redis:" && protocol !== "rediss:")
    throw new RedisStartError("REDIS_URL: is no redis://host:port or rediss://host:port address");
}

/** An address as people may see it: without user, password and options. */
export function displayAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
