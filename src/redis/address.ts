import { RedisStartError } from "./startError.js";

/**
 * Checks the form of a Redis address.
 *
 * @throws RedisStartError
 */
export function checkAddress(url: string): void {
  const { protocol, pathname } = URL.canParse(url) ? new URL(url) : { protocol: "", pathname: "" };
  if (protocol !== "redis:" && protocol !== "rediss:")
    throw new RedisStartError("REDIS_URL: is no redis://host:port or rediss://host:port address");
  if (!/^\/?\d*$/.test(pathname))
    throw new RedisStartError("REDIS_URL: names a database that is no number: redis://host:port/number");
}

/** An address as people may see it: without user, password and options. */
export function displayAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
