import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { idempotencyKeyHeaders, idempotencyReplayedHeaders } from "./idempotencyKey.js";
import type { ExtraErrorStatus, Route, SuccessResponse, Tag } from "./route.js";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

const errorSchema = z
  .strictObject({
    code: z.int().meta({ description: "The HTTP status." }),
    error: z.string().meta({ description: "What was wrong; also HTTP's reason phrase, as far as Latin-1 goes." }),
  })
  .meta({ id: "ErrorResponse", description: "The body of every answer from 400 on." });

type ErrorStatus = 400 | 401 | 403 | 413 | 429 | 500 | 503 | ExtraErrorStatus;

const ERROR_DESCRIPTIONS: Record<ErrorStatus, string> = {
  400: "The request is wrong; the error names the field.",
  401: "There is no bearer token, or none that counts.",
  403: "The token's owner lacks the role.",
  404: "There is no such thing, or its state does not allow this.",
  413: "The body is too large, or holds too many keys and values.",
  409: "The same request, by its Idempotency-Key, is still under way. Retry-After says when to ask again, in seconds.",
  422: "The request is right, but the state forbids it.",
  429: "The caller sent too many requests. Retry-After says when it may send the next one, in seconds.",
  500: "The service is at fault.",
  502: "The message queue service refused the request.",
  503: "Redis, the message queue service or the identity provider is away. Retry-After says when to try again, in seconds.",
};

const TAG_DESCRIPTIONS: Record<Tag, string> = {
  workflows: "What users ask for: tasks that run until they are aborted or finished.",
  "task-directives": "What the tasks of a workflow run.",
  taskforces: "HTCondor clusters of workers.",
  schedds: "HTCondor access points and their queues.",
  "tms - internal": "For the task management services, one on each HTCondor access point.",
  mqs: "Of the embedded message queue service.",
  openapi: "This document.",
  operations: "For whoever runs the service.",
};

/** Descriptions of path parameters. */
const PATH_PARAMETER_DESCRIPTIONS: Readonly<Record<string, string>> = {
  workflow_id: "Id of a workflow: WF-<hex epoch seconds>-<8 hex>.",
  task_id: "Id of a task directive: TK-<workflow id without WF->-<8 hex>.",
  schedd: "Name of an HTCondor access point.",
  taskforce_uuid: "Uuid of a taskforce: TF-<task id without TK->-<8 hex>.",
};

/** The document's name for bearer tokens. */
const TOKEN_SCHEME = "token";

/** Describes routes by the schemas that they check with. */
export function buildOpenApiDocument(routes: readonly Route[]): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", TOKEN_SCHEME, {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A token of the identity provider. Not asked for where the service runs without one.",
  });
  for (const route of routes) registry.registerPath(describeRoute(route));
  const used = new Set(routes.map(({ tag }) => tag));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "EWMS workflow management service",
      version: "1",
      description: "Runs workflows of many small events on HTCondor pools.",
    },
    tags: Object.entries(TAG_DESCRIPTIONS).flatMap(([name, description]) =>
      used.has(name as Tag) ? [{ name, description }] : [],
    ),
  });
}

function describeRoute(route: Route): RouteConfig {
  const { method, path, tag, description, query, headers, body, responses, roles } = route;
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [
    name,
    z.string().meta({ description: PATH_PARAMETER_DESCRIPTIONS[name] ?? name }),
  ]);
  return {
    method,
    path,
    description,
    ...(tag && { tags: [tag] }),
    "x-roles": roles,
    ...(route.extension && { "x-ewms-extension": true }),
    security: roles === "anyone" ? [] : [{ [TOKEN_SCHEME]: [] }],
    request: {
      ...(params.length > 0 && { params: z.object(Object.fromEntries(params)) }),
      ...(query && { query }),
      ...(headers && { headers }),
      ...(route.idempotent && { headers: idempotencyKeyHeaders }),
      ...(body && {
        body: { required: body.required, content: { "application/json": { schema: body.schema } } },
      }),
    },
    responses: Object.fromEntries(
      Object.entries({ ...errorResponsesOf(route), ...responses }).map(
        ([status, { description, schema, contentType = "application/json" }]) => [
          status,
          {
            description,
            content: { [contentType]: { schema } },
            ...(route.idempotent && Number(status) < 400 && { headers: idempotencyReplayedHeaders }),
          },
        ],
      ),
    ),
  };
}

function errorResponsesOf({ errors = [], roles }: Route): Record<number, SuccessResponse> {
  const ofAccess: ErrorStatus[] = roles === "anyone" ? [] : [401, 403, 429];
  const statuses: ErrorStatus[] = [400, ...ofAccess, ...errors, 413, 500, 503];
  return Object.fromEntries(
    statuses.map((status) => [status, { description: ERROR_DESCRIPTIONS[status], schema: errorSchema }]),
  );
}
