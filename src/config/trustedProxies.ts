import { isIP } from "node:net";
import { z } from "zod";

/** The proxies whose `X-Forwarded-For` is trusted: their number, or their addresses and networks. */
export type TrustedProxies = number | string[];

/** Networks with a name in Express. */
const NETWORK_NAMES = new Set(["loopback", "linklocal", "uniquelocal"]);

/** Parses `1`, `10.0.0.7, 10.1.0.0/16` or `loopback`. Trusting all addresses is not allowed: clients could forge any. */
export const trustedProxiesSchema = z.string().transform((value, context): TrustedProxies => {
  if (/^[1-9][0-9]?$/.test(value)) return Number(value);
  const proxies = value.split(",").map((proxy) => proxy.trim());
  if (!proxies.every(isNetwork))
    context.addIssue({
      code: "custom",
      message: "is neither a number of proxies (1 to 99) nor a list of addresses and networks",
    });
  return proxies;
});

function isNetwork(text: string): boolean {
  if (NETWORK_NAMES.has(text)) return true;
  const [address = "", bits, ...rest] = text.split("/");
  const maxBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (maxBits === 0 || rest.length > 0) return false;
  return bits === undefined || (/^[1-9][0-9]{0,2}$/.test(bits) && Number(bits) <= maxBits);
}
