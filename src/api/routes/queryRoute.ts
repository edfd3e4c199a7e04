import { z } from "zod";
import type { Role } from "../../domain/caller.js";
import { findSchema } from "../../domain/requestSchemas.js";
import type { Wms } from "../../lifecycle/context.js";
import type { EntityKind } from "../../store/keys.js";
import { formatPageChunks } from "../../views/query/queryPage.js";
import { queryEntities } from "../../views/query/readEntities.js";
import { type Route, route, type Tag } from "../http/route.js";

const nextAfterSchema = z
  .union([z.string(), z.null()])
  .meta({ id: "QueryNextAfter", description: "Send it as after for the next page; null on the last one." });

/** How one kind of entity is queried. */
export interface EntityQueryOptions {
  kind: EntityKind;
  /** The last part of the path. */
  plural: string;
  /** The list's name in the answer. */
  listName: string;
  tag: Tag;
  roles: readonly Role[];
  /** One entity, or what a projection leaves of it. */
  schema: z.ZodType;
}

/** The route that queries one kind of entity. */
export function queryRoute(wms: Wms, { kind, plural, listName, tag, roles, schema }: EntityQueryOptions): Route {
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
          [listName]: z.array(schema).meta({
            description: `The ${words}; with a projection, only the fields that it names.`,
          }),
          next_after: nextAfterSchema,
        }),
      },
    },
    async handle({ body }) {
      return formatPageChunks(listName, await queryEntities(wms, kind, body, listName));
    },
  });
}
