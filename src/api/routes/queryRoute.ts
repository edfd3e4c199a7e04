import { z } from "zod";
import type { Role } from "../../domain/caller.js";
import { findSchema } from "../../domain/requestSchemas.js";
import type { Wms } from "../../lifecycle/context.js";
import type { EntityKind } from "../../store/keys.js";
import { formatPageChunks } from "../../views/query/queryPage.js";
import { queryEntities } from "../../views/query/readEntities.js";
import { type Route, route } from "../http/route.js";

const nextAfterSchema = z
  .union([z.string(), z.null()])
  .meta({ id: "QueryNextAfter", description: "Send this value as after to get the next page; null on the last page." });

/** Creates the route that queries one kind of entity. @param schema one entity, or its projection */
export function queryRoute(
  wms: Wms,
  {
    kind,
    plural,
    roles,
    schema,
  }: {
    kind: EntityKind;
    plural: "workflows" | "task-directives" | "taskforces";
    roles: readonly Role[];
    schema: z.ZodType;
  },
): Route {
  const entities = plural.replace("-", " ");
  const listName = plural.replace("-", "_");
  return route({
    method: "post",
    path: `/v1/query/${plural}`,
    tag: plural,
    roles,
    description: `Returns one page of the ${entities} that match a MongoDB filter, oldest first.`,
    body: { schema: findSchema, required: true },
    responses: {
      200: {
        description: "One page of matches.",
        schema: z.strictObject({
          [listName]: z.array(schema).meta({ description: `The ${entities}; with a projection, only its fields.` }),
          next_after: nextAfterSchema,
        }),
      },
    },
    handle: async ({ body }) => formatPageChunks(listName, await queryEntities(wms, kind, body, listName)),
  });
}
