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
import { readEntity } from "../../views/query/readEntities.js";
import type { DrainController } from "../http/requestContext.js";
import { type Route, type RouteRequest, type RouteResponse, route } from "../http/route.js";
import { EVENT_STREAM_HEADERS, streamEvents } from "./eventStream.js";

/** The parts of event streams. */
export interface EventRouteOptions {
  watchers: Subscribers;
  limits: EventStreamLimits;
  draining: DrainController;
}

const lastEventIdSchema = z.string().optional();
const eventQuerySchema = z.object({
  last_event_id: lastEventIdSchema.meta({
    description: "Replaces the header Last-Event-ID, which has precedence.",
  }),
});
const eventHeadersSchema = z.object({
  "last-event-id": lastEventIdSchema.meta({
    description:
      "The id of the last event that the client received, from any process. The stream starts with the events after it. " +
      "Without it, the stream starts with new events.",
  }),
});

const eventStreamResponse = (description: string, schema: z.ZodType) => ({
  description,
  schema,
  contentType: EVENT_STREAM_HEADERS["content-type"],
});

const WORKFLOW_EVENT_SCHEMAS = [phaseEventSchema, summaryEventSchema, deactivatedEventSchema, gapEventSchema] as const;

/** Routes that stream events. */
export function eventRoutes(wms: Wms, options: EventRouteOptions): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/workflows/{workflow_id}/events",
      tag: "workflows",
      roles: ["user", "operator", "viewer"],
      isExtension: true,
      description: "Streams the events of a workflow as server-sent events. The stream has no end.",
      query: eventQuerySchema,
      headers: eventHeadersSchema,
      responses: {
        200: eventStreamResponse(
          "Events phase, summary, deactivated and gap. The schema is that of the data of one event.",
          z.union([...WORKFLOW_EVENT_SCHEMAS]),
        ),
      },
      errors: [404],
      async handle({ params: { workflow_id }, query: { last_event_id }, headers, ...request }) {
        await readEntity(wms, "workflow", workflow_id);
        const lastEventId = headers["last-event-id"] ?? last_event_id;
        return streamWorkflowEvents(options, workflow_id as WorkflowId, lastEventId, request);
      },
    }),
    route({
      method: "get",
      path: "/v1/events",
      tag: "workflows",
      roles: ["user", "operator", "viewer"],
      isExtension: true,
      description:
        "Streams the events of all workflows as server-sent events. The stream has no end. Events of one workflow are in order.",
      query: eventQuerySchema,
      headers: eventHeadersSchema,
      responses: {
        200: eventStreamResponse(
          "Events phase, summary, deactivated, created and gap. The schema is that of the data of one event.",
          z.union([...WORKFLOW_EVENT_SCHEMAS, createdEventSchema]),
        ),
      },
      handle: async ({ query: { last_event_id }, headers, ...request }) =>
        streamWorkflowEvents(options, undefined, headers["last-event-id"] ?? last_event_id, request),
    }),
  ];
}

function streamWorkflowEvents(
  { watchers, limits, draining }: EventRouteOptions,
  workflow: WorkflowId | undefined,
  lastEventId: string | undefined,
  { isSignedIn, log }: Pick<RouteRequest, "isSignedIn" | "log">,
): RouteResponse {
  return {
    async stream({ method }, response) {
      if (method === "HEAD") response.writeHead(200, EVENT_STREAM_HEADERS).end();
      else {
        const subscription = await watchers.subscribe(workflow, lastEventId);
        streamEvents(response, subscription, { limits, draining, isSignedIn, log: log() });
      }
    },
  };
}
