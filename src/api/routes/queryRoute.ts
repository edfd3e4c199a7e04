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
  .meta({ id: "QueryNextAfter", description: "Send this value as after to get the next page; null on the last page." });

/** How clients query one kind of entity. */
export interface EntityQueryOptions {
  kind: EntityKind;
  /** The last part of the path. */
  plural: string;
  /** The name of the list in the response. */
  listName: string;
  tag: Tag;
  roles: readonly Role[];
  /** One entity, or its projection. */
  schema: z.ZodType;
}

/** Creates the route that queries one kind of entity. */
export function queryRoute(wms: Wms, { kind, plural, listName, tag, roles, schema }: EntityQueryOptions): Route {
  const entities = plural.replace("-", " ");
  return route({
    method: "post",
    path: `/v1/query/${plural}`,
    tag,
    roles,
    description: `Returns one page of the ${entities} that match a MongoDB filter, oldest first.`,
    body: { schema: findSchema, required: true },
    responses: {
      200: {
        description: "One page of matches.",
        schema: z.strictObject({
          [listName]: z.array(schema).meta({
            description: `The ${entities}; with a projection, only its fields.`,
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
