import { z } from "zod";

/** The entries of a list without the parameter. */
const DEFAULT_LIMIT = 100;

/** The query parameter `limit` of a list. @param max the most entries that the service keeps */
export const limitParameter = (max: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(max)
    .default(DEFAULT_LIMIT)
    .meta({ type: "integer", description: `The most entries; default ${DEFAULT_LIMIT}.` });
