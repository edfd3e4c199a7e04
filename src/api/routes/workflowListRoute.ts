import { z } from "zod";
import { LIST_ORDERS, STATE_FILTERS, workflowDigestSchema } from "../../domain/workflowDigest.js";
import type { Wms } from "../../lifecycle/context.js";
import { listWorkflows } from "../../views/list/listWorkflows.js";
import { type Route, route } from "../http/route.js";

/** Rows of a page, and those without the parameter. */
const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

const optional = (description: string) => z.string().min(1).optional().meta({ description });
const time = "Epoch seconds, a date such as 2026-08-31, or a time ago such as 90d";

const listQuerySchema = z.object({
  owner: optional("Only those that this subject created; `me`: those of the caller."),
  state: z
    .enum(STATE_FILTERS)
    .optional()
    .meta({
      description:
        "`active`: neither aborted nor finished. `needs-attention`: active ones with dead letters, failing submissions or " +
        "activations, unreported hand-outs or held workers, or that wait for an access point where nothing can start. " +
        "`ended`: active ones whose taskforces have all ended.",
    }),
  label: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: "Only those with this label, `key=value`. May be repeated: all of them." }),
  since: optional(`Only those that were created then or later. ${time}.`),
  until: optional(`Only those that were created then or before. ${time}.`),
  schedd: optional("Only those with a taskforce at this access point."),
  location: optional("Only those with a taskforce at the access point of this cluster location."),
  image: optional("Only those with a task of this image."),
  q: optional(
    "Words, all of which occur in a workflow: in its id, name, labels, note or owner, in the images, arguments, locations or " +
      "queue aliases of its tasks, or in the name of one of its access points. Also the beginning of an id of a task " +
      "directive or taskforce, or the id of an HTCondor cluster. ASCII letters match in any case.",
  ),
  sort: z.enum(LIST_ORDERS).default("created").meta({
    description: "What comes first: the newest, the last changed, the most urgent, or the most running workers.",
  }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .meta({ type: "integer", description: `The most rows of a page; default ${DEFAULT_LIMIT}, at most ${MAX_LIMIT}.` }),
  after: z.string().optional().meta({ description: "`next_after` of the page before." }),
});

const listSchema = z.strictObject({
  workflows: z.array(workflowDigestSchema),
  next_after: z.union([z.string(), z.null()]).meta({
    description: "Send this value as `after` to get the next page; null at the end of the list.",
  }),
  is_cut_short: z.boolean().meta({
    description: "The search ended at its limit of work before the page was full. The next page continues it.",
  }),
});

/** The route that lists workflows. */
export const workflowListRoute = (wms: Wms): Route =>
  route({
    method: "get",
    path: "/v1/workflows",
    tag: "workflows",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description: "Lists workflows for people: one row for each, with its state, its sums and its first finding.",
    query: listQuerySchema,
    responses: { 200: { description: "One page of workflows.", schema: listSchema } },
    async handle({ query: { label = [], ...query }, caller, callerKey, signal }) {
      const parameters = { ...query, label: [label].flat() };
      const asker = { subject: caller.subject, key: callerKey, signal: signal() };
      const { workflows, nextAfter, isCutShort } = await listWorkflows(wms, parameters, asker);
      return JSON.stringify({ workflows, next_after: nextAfter ?? null, is_cut_short: isCutShort });
    },
  });
