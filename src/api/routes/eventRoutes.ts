import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { z } from "zod";
import type { WorkflowId } from "../../domain/ids.js";
import {
  createdEventSchema,
  deactivatedEventSchema,
  gapEventSchema,
  phaseEventSchema,
  summaryEventSchema,
} from "../../domain/workflowEvents.js";
import type { Wms } from "../../lifecycle/context.js";
import { readWorkflow } from "../../views/query/readEntities.js";
import type { Watchers } from "../../views/events/subscribers.js";
import type { Draining } from "../http/drainController.js";
import { beginStream, EVENT_STREAM, type StreamLimits, streamEvents } from "./eventStream.js";
import { type Answer, type Route, route } from "../http/route.js";

/** What event streams are made of. */
export interface EventsOptions {
  watchers: Watchers;
  limits: StreamLimits;
  draining: Draining;
}

const lastIdSchema = z.string().optional();
const query = z.object({
  last_event_id: lastIdSchema.meta({
    description: "The same as the header Last-Event-ID, which counts where both are there.",
  }),
});
const headers = z.object({
  "last-event-id": lastIdSchema.meta({
    description:
      "The id of the last event that the client got from this stream, from any process: what came after it is sent first. " +
      "Without it the stream begins with what happens from now on.",
  }),
});

const streamOf = (description: string, schema: z.ZodType) => ({
  description,
  schema,
  contentType: EVENT_STREAM,
});

const ofWorkflow = [phaseEventSchema, summaryEventSchema, deactivatedEventSchema, gapEventSchema] as const;

/** Routes that tell what happens while it happens. */
export function eventRoutes(wms: Wms, options: EventsOptions): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/workflows/{workflow_id}/events",
      tag: "workflows",
      roles: ["user", "operator"],
      extension: true,
      description: "What happens to a workflow, while it happens: server-sent events, without an end.",
      query,
      headers,
      responses: {
        200: streamOf(
          "Events phase, summary, deactivated and gap; this is the data of one.",
          z.union([...ofWorkflow]),
        ),
      },
      errors: [404],
      async answer({ params: { workflow_id }, query: { last_event_id }, headers, log }) {
        await readWorkflow(wms, workflow_id);
        return watching(options, workflow_id as WorkflowId, headers["last-event-id"] ?? last_event_id, log);
      },
    }),
    route({
      method: "get",
      path: "/v1/events",
      tag: "workflows",
      roles: ["operator"],
      extension: true,
      description:
        "What happens to all workflows, while it happens: server-sent events, without an end. Those of one workflow are in order.",
      query,
      headers,
      responses: {
        200: streamOf(
          "Events phase, summary, deactivated, created and gap; this is the data of one.",
          z.union([...ofWorkflow, createdEventSchema]),
        ),
      },
      answer: async ({ query: { last_event_id }, headers, log }) =>
        watching(options, undefined, headers["last-event-id"] ?? last_event_id, log),
    }),
  ];
}

function watching(
  { watchers, limits, draining }: EventsOptions,
  workflow: WorkflowId | undefined,
  lastId: string | undefined,
  log: () => Logger,
): Answer {
  return {
    async stream({ method }: IncomingMessage, response: ServerResponse) {
      if (method === "HEAD") {
        beginStream(response);
        response.end();
      } else
        streamEvents(response, await watchers.open(workflow, lastId), { ...limits, draining, log: log() });
    },
  };
}
