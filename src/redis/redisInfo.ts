import type { Redis } from "ioredis";

/** The value of a field in the text that INFO or CLUSTER INFO returns. */
export const infoField = (info: string, field: string): string | undefined =>
  new RegExp(`^${field}:(\\S+)`, "m").exec(info)?.[1];

/** Reads a field of INFO; undefined when the server has no such field, or forbids INFO. */
export const readInfoField = async (redis: Redis, section: string, field: string): Promise<string | undefined> =>
  infoField(await redis.info(section).catch(() => ""), field);
