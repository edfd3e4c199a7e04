import { isIP } from "node:net";
import { z } from "zod";
import { claimRulesSchema } from "../domain/claimRules.js";
import { hostNameOf } from "../domain/hostName.js";
import type { HostAndPort } from "../domain/redisLocation.js";

/** Milliseconds of a duration must fit into 31 bits: a longer timer of Node fires at once. */
const MAX_DURATION_SECONDS = 2_000_000;

/** An optional text. */
export const optionalText = z.string().optional();
/** A text with a default. */
export const text = (fallback: string) => z.string().default(fallback);
/** The address of a mail server, which may contain credentials. */
export const smtpUrl = z.url({ protocol: /^smtps?$/, error: "is not an smtp(s) address" });
/** A web address without credentials. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: "is not an http(s) address" })
  .refine((value) => !/^\w+:\/\/[^/?#]*@/.test(value), "must not hold a user or a password");
/** The same, or unset. */
export const optionalUrl = httpUrl.optional();

/** First parts of the service's own paths. A base path that begins with one would be ambiguous. */
const OWN_PATHS = "admin assets docs healthz metrics readyz schedds system v1 workflows".split(" ");
const BASE_PATH_ERROR = 'must look like /wms: letters, digits and "-._~" between slashes';

/** Parses the path of a reverse proxy. @returns without a slash at the end; empty for `/` */
function parseBasePath(value: string, context: z.RefinementCtx): string {
  const path = value.replace(/\/$/, "");
  const [, ...parts] = path.split("/");
  if (!/^(?:\/[\w.~-]+)*$/.test(path) || parts.some((part) => part === "." || part === ".."))
    context.addIssue(BASE_PATH_ERROR);
  else if (parts[0] !== undefined && OWN_PATHS.includes(parts[0]))
    context.addIssue(`must not begin with /${parts[0]}, a path of the service itself`);
  return path;
}

/** The path of the service behind a reverse proxy, or unset. */
export const basePath = z.string().transform(parseBasePath).optional();

/** The origin and the base path of the service for browsers, or unset. */
export const publicUrl = httpUrl
  .transform((address, context) => {
    const { origin, pathname, href } = new URL(address);
    if (href !== origin + pathname) context.addIssue("must be http(s)://host:port/path, without a query");
    return { origin, basePath: parseBasePath(pathname, context) };
  })
  .optional();
/** Parses `https://one.example.org, https://two.example.org` into addresses without slashes at the end. */
export const webAddresses = z
  .string()
  .transform((value, context): string[] =>
    value.split(",").flatMap((part) => {
      const address = httpUrl.safeParse(part.trim()).data;
      if (address !== undefined) return [address.replace(/\/+$/, "")];
      context.addIssue("is not a comma-separated list of http(s) addresses");
      return [];
    }),
  )
  .default([]);
/** `true` or `false`, and their usual synonyms. */
export const booleanFlag = z.stringbool({ error: "expected true or false" });
/** A duration in seconds. */
export const durationSeconds = (fallback: number, min = 0, max = MAX_DURATION_SECONDS) => {
  const error = `expected seconds from ${min} to ${max}`;
  return z.coerce.number(error).min(min, error).max(max, error).default(fallback);
};
/** A time limit in seconds, of one day at most. */
export const timeoutSeconds = (fallback: number, min = 0.1) => durationSeconds(fallback, min, 86_400);
/** An integer in a range. */
export const integer = (fallback: number, min: number, max?: number) =>
  optionalInteger(min, max).unwrap().default(fallback);
/** The same, or unset. */
export const optionalInteger = (min: number, max = Number.MAX_SAFE_INTEGER) => {
  const error =
    max === Number.MAX_SAFE_INTEGER
      ? `expected an integer of at least ${min}`
      : `expected an integer from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error).optional();
};
/** A century. */
const MAX_DAYS = 36_500;
const DAYS_ERROR = `expected days, more than 0 and up to ${MAX_DAYS}`;
/** A number of days, or unset. */
export const optionalDays = z.coerce.number(DAYS_ERROR).positive(DAYS_ERROR).max(MAX_DAYS, DAYS_ERROR).optional();
const PORT_ERROR = "expected a port number from 0 to 65535";
/** A TCP port; 0: any free port. */
export const port = z.coerce.number(PORT_ERROR).int(PORT_ERROR).min(0, PORT_ERROR).max(65535, PORT_ERROR);
/** The rules for a role. */
export const roleRules = (fallback: string, description: string) =>
  text(fallback)
    .pipe(claimRulesSchema)
    .meta({ description, shownDefault: `\`${fallback.replaceAll(" ", "` `")}\`` });
/** Optional rules for claims. */
export const claimRules = text("").pipe(claimRulesSchema);
/** A value in JSON. */
export const json = z.string().transform((value, context) => {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue("is not JSON");
    return z.NEVER;
  }
});

/** Parses an optional `host:port, host:port`; IPv6 addresses are in brackets. */
export const optionalRedisHosts = z
  .string()
  .transform((value, context): HostAndPort[] =>
    value.split(",").flatMap((part) => {
      const [, host, port] = /^(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(part.trim()) ?? [];
      if (host !== undefined && Number(port) <= 65535)
        return [{ host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) }];
      context.addIssue("is not a comma-separated list of host:port");
      return [];
    }),
  )
  .optional();

/** Parses `wms, wms.example.org` into names in lower case; a port is ignored. */
export const hostNames = z
  .string()
  .transform((value, context): string[] =>
    value.split(",").flatMap((part) => {
      const name = hostNameOf(part.trim());
      if (name !== undefined) return [name];
      context.addIssue("is not a comma-separated list of host names; patterns are not allowed");
      return [];
    }),
  )
  .default([]);

/** The proxies whose `X-Forwarded-For` is trusted: their number, or their addresses and networks. */
export type TrustedProxies = number | string[];

/**
 * Parses an optional `1`, `10.0.0.7, 10.1.0.0/16` or `loopback`. Trusting all addresses is not allowed: clients could
 * forge any.
 */
export const optionalProxies = z
  .string()
  .transform((value, context): TrustedProxies => {
    if (/^[1-9][0-9]?$/.test(value)) return Number(value);
    const proxies = value.split(",").map((proxy) => proxy.trim());
    if (!proxies.every(isNetwork))
      context.addIssue("is neither a number of proxies (1 to 99) nor a list of addresses and networks");
    return proxies;
  })
  .optional();

/** Whether a text is an address, a network, or the name of a network in Express. */
function isNetwork(text: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(text)) return true;
  const [address = "", bits, ...rest] = text.split("/");
  const maxBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (maxBits === 0 || rest.length > 0) return false;
  return bits === undefined || (/^[1-9][0-9]{0,2}$/.test(bits) && Number(bits) <= maxBits);
}
