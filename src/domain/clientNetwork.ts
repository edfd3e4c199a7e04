import { isIPv6 } from "node:net";

/**
 * Returns the name under which a client's address is counted: an IPv4 address itself, of an IPv6 address its /64
 * network, because one machine may own a whole network.
 */
export const clientNetworkOf = (address: string): string => (isIPv6(address) ? ipv6NetworkOf(address) : address);

function ipv6NetworkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [first = [], last] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = last === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(zeros).fill("0"), ...(last ?? [])].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
