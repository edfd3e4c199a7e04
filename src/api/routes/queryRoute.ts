import { z } from "zod";
import type { Role } from "../../domain/caller.js";
import { findSchema } from "../../domain/requestSchemas.js";
import type { Wms } from "../../lifecycle/context.js";
import { queryEntities } from "../../views/query/readEntities.js";
import type { Kind } from "../../store/keys.js";
import { pageText } from "../../views/query/queryPage.js";
import { type Route, route, type Tag } from "../http/route.js";

const nextAfterSchema = z
  .union([z.string(), z.null()])
  .meta({ id: "QueryNextAfter", description: "Send it as after for the next page; null on the last one." });

/** How one kind of entity is queried. */
export interface QueriedKind {
  kind: Kind;
  /** The last part of the path. */
  plural: string;
  /** The list's name in the answer. */
  list: string;
  tag: Tag;
  roles: readonly Role[];
  /** One entity, or what a projection leaves of it. */
  schema: z.ZodType;
}

/** The route that queries one kind of entity. */
export function queryRoute(wms: Wms, { kind, plural, list, tag, roles, schema }: QueriedKind): Route {
  const words = plural.replace("-", " ");
  return route({
    method: "post",
    path: `/v1/query/${plural}`,
    tag,
    roles,
    description: `Finds ${words} by a MongoDB filter, oldest first, a page at a time.`,
    body: { schema: findSchema, required: true },
    responses: {
      200: {
        description: "One page of what matches.",
        schema: z.strictObject({
          [list]: z.array(schema).meta({
            description: `The ${words}; with a projection, only the fields that it names.`,
          }),
          next_after: nextAfterSchema,
        }),
      },
    },
    async answer({ body }) {
      return pageText(list, await queryEntities(wms, kind, body, list));
    },
  });
}
