import { z } from "zod";
import type { HostAndPort } from "../domain/redisLocation.js";

/** Parses `host:port, host:port`; IPv6 addresses are in brackets. */
export const redisHostsSchema = z.string().transform((value, context): HostAndPort[] =>
  value.split(",").flatMap((part) => {
    const [, host, port] = /^(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i.exec(part.trim()) ?? [];
    if (host !== undefined && Number(port) <= 65535)
      return [{ host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) }];
    context.addIssue({ code: "custom", message: "is not a comma-separated list of host:port" });
    return [];
  }),
);
