import { z } from "zod";
import type { Role } from "../../domain/caller.js";
import { findSchema } from "../../domain/requestSchemas.js";
import type { Wms } from "../../lifecycle/context.js";
import type { EntityKind } from "../../store/keys.js";
import { formatPage } from "../../views/query/queryPage.js";
import { queryEntities } from "../../views/query/readEntities.js";
import type { QueryReport } from "../../views/query/runQuery.js";
import { type Route, route } from "../http/route.js";

/** Keys and values in the body of a query, besides the lists of `$in`, `$nin` and `$all`: each condition costs time. */
const MAX_QUERY_VALUES = 20_000;
/** Members of all those lists together. A list of scalars is one condition, whatever its length. */
const MAX_QUERY_LIST_VALUES = 200_000;

const nextAfterSchema = z.union([z.string(), z.null()]).meta({
  id: "QueryNextAfter",
  description:
    "Send this value as after to get the next page; null exactly at the end of the collection. A page may have few " +
    "matches, or none, and a next page.",
});

const orderSchema = z.object({
  order: z
    .enum(["oldest", "newest"])
    .optional()
    .meta({ description: "Which come first: the oldest, by default, or the newest. An extension." }),
});

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
    description:
      `Returns one page of the ${entities} that match a MongoDB filter, oldest first. The header Ewms-Query-Plan says ` +
      "which indexes the query read, how many entities it looked at, and why the page ends.",
    query: orderSchema,
    body: { schema: findSchema, required: true },
    bodyLimits: ({ bodyBytes, bodyValues, queryBodyBytes }) => ({
      bytes: Math.min(bodyBytes, queryBodyBytes),
      values: Math.min(bodyValues, MAX_QUERY_VALUES),
      listValues: Math.min(bodyValues, MAX_QUERY_LIST_VALUES),
    }),
    responses: {
      200: {
        description: "One page of matches.",
        schema: z.strictObject({
          [listName]: z.array(schema).meta({ description: `The ${entities}; with a projection, only its fields.` }),
          next_after: nextAfterSchema,
        }),
      },
    },
    handle: async ({ body, query, callerKey: caller, signal }) => {
      const options = { envelope: listName, order: query.order ?? "oldest", caller, signal: signal() } as const;
      const page = await queryEntities(wms, kind, body, options);
      return { text: formatPage(listName, page), headers: { "ewms-query-plan": formatReport(page.report) } };
    },
  });
}

/** Formats a report as a dictionary of structured header fields (RFC 8941). */
const formatReport = ({ indexes, lookedAt, matched, work, ended }: QueryReport): string =>
  `index="${indexes.join(" ")}", looked-at=${lookedAt}, matched=${matched}, work=${Math.round(work)}, ended=${ended}`;
