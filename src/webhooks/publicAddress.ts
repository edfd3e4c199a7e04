import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** An address of the receiver's host that was checked. */
export interface CheckedAddress {
  address: string;
  family: 4 | 6;
}

/** The service does not call this address. */
export class RefusedAddress extends Error {
  override name = "RefusedAddress";
}

/** All public addresses of IPv6 lie here; ranges that embed an IPv4 address are excluded by their names. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an IP address belongs to the public internet: not private, loopback, link-local, shared, multicast,
 * unspecified or reserved, and no IPv6 address that stands for an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(GLOBAL_IPV6);
}

/** The host of an address without the brackets of IPv6. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, "$1");

/**
 * Checks what an address says without a query to DNS.
 *
 * @returns why a webhook can't have it; undefined: it can
 */
export function refusalOfUrl(text: string, allowPrivate: boolean): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return "is not an http(s) address";
  if (url.username !== "" || url.password !== "") return "must not hold a user or a password";
  if (allowPrivate) return undefined;
  if (url.protocol !== "https:") return "must begin with https://";
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublicAddress(host)) return "must not be a private or local address";
  return undefined;
}

/**
 * Resolves the host of an address once, and checks every address that DNS returns. The connection must use no other:
 * a second query could have another answer.
 *
 * @throws RefusedAddress when one of them is not public; an error of DNS otherwise
 */
export async function resolveChecked(url: URL, allowPrivate: boolean): Promise<CheckedAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  const found = family === 0 ? await lookup(host, { all: true, order: "verbatim" }) : [{ address: host, family }];
  if (!allowPrivate && found.some(({ address }) => !isPublicAddress(address)))
    throw new RefusedAddress("the host has a private or local address, which the service does not call");
  return found as CheckedAddress[];
}
