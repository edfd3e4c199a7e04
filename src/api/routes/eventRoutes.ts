import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { z } from "zod";
import type { EventStreamLimits } from "../../domain/httpLimits.js";
import type { WorkflowId } from "../../domain/ids.js";
import {
  createdEventSchema,
  deactivatedEventSchema,
  gapEventSchema,
  phaseEventSchema,
  summaryEventSchema,
} from "../../domain/workflowEvents.js";
import type { Wms } from "../../lifecycle/context.js";
import type { Subscribers } from "../../views/events/subscribers.js";
import { readWorkflow } from "../../views/query/readEntities.js";
import type { DrainController } from "../http/drainController.js";
import { type Route, type RouteResponse, route } from "../http/route.js";
import { EVENT_STREAM_CONTENT_TYPE, sendEventStreamHead, streamEvents } from "./eventStream.js";

/** What event streams are made of. */
export interface EventRouteOptions {
  watchers: Subscribers;
  limits: EventStreamLimits;
  draining: DrainController;
}

const lastEventIdSchema = z.string().optional();
const eventQuerySchema = z.object({
  last_event_id: lastEventIdSchema.meta({
    description: "The same as the header Last-Event-ID, which counts where both are there.",
  }),
});
const eventHeadersSchema = z.object({
  "last-event-id": lastEventIdSchema.meta({
    description:
      "The id of the last event that the client got from this stream, from any process: what came after it is sent first. " +
      "Without it the stream begins with what happens from now on.",
  }),
});

const eventStreamResponse = (description: string, schema: z.ZodType) => ({
  description,
  schema,
  contentType: EVENT_STREAM_CONTENT_TYPE,
});

const WORKFLOW_EVENT_SCHEMAS = [phaseEventSchema, summaryEventSchema, deactivatedEventSchema, gapEventSchema] as const;

/** Routes that tell what happens while it happens. */
export function eventRoutes(wms: Wms, options: EventRouteOptions): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/workflows/{workflow_id}/events",
      tag: "workflows",
      roles: ["user", "operator"],
      extension: true,
      description: "What happens to a workflow, while it happens: server-sent events, without an end.",
      query: eventQuerySchema,
      headers: eventHeadersSchema,
      responses: {
        200: eventStreamResponse(
          "Events phase, summary, deactivated and gap; this is the data of one.",
          z.union([...WORKFLOW_EVENT_SCHEMAS]),
        ),
      },
      errors: [404],
      async answer({ params: { workflow_id }, query: { last_event_id }, headers, log }) {
        await readWorkflow(wms, workflow_id);
        return streamWorkflowEvents(options, workflow_id as WorkflowId, headers["last-event-id"] ?? last_event_id, log);
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
      query: eventQuerySchema,
      headers: eventHeadersSchema,
      responses: {
        200: eventStreamResponse(
          "Events phase, summary, deactivated, created and gap; this is the data of one.",
          z.union([...WORKFLOW_EVENT_SCHEMAS, createdEventSchema]),
        ),
      },
      answer: async ({ query: { last_event_id }, headers, log }) =>
        streamWorkflowEvents(options, undefined, headers["last-event-id"] ?? last_event_id, log),
    }),
  ];
}

function streamWorkflowEvents(
  { watchers, limits, draining }: EventRouteOptions,
  workflow: WorkflowId | undefined,
  lastEventId: string | undefined,
  log: () => Logger,
): RouteResponse {
  return {
    async stream({ method }: IncomingMessage, response: ServerResponse) {
      if (method === "HEAD") {
        sendEventStreamHead(response);
        response.end();
      } else
        streamEvents(response, await watchers.subscribe(workflow, lastEventId), {
          ...limits,
          draining,
          log: log(),
        });
    },
  };
}
