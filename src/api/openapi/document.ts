import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { type DocumentedResponse, type Route, TAGS } from "../http/route.js";
import { ERROR_EXAMPLES, EXAMPLES, type OperationExamples, PARAMETER_EXAMPLES } from "./examples.js";
import { OPERATIONS } from "./operations.js";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

const errorSchema = z
  .strictObject({
    code: z.int().meta({ description: "The HTTP status." }),
    error: z.string().meta({ description: "The reason; also the HTTP reason phrase, in Latin-1." }),
  })
  .meta({ id: "ErrorResponse", description: "The body of every response with a status of 400 or above." });

const ERROR_DESCRIPTIONS = {
  400: "The request is invalid. The error names the field.",
  401: "The bearer token is missing or invalid.",
  403: "The caller does not have the role. Without token checks: another site's page sends the request, or its Host is unknown.",
  404: "The object does not exist, or its state does not allow this.",
  413: "The body is too large, or has too many keys and values.",
  409: "A request with the same Idempotency-Key is still under way. Retry-After: seconds until a retry.",
  422: "The request is valid, but the state of the object forbids it.",
  429: "The caller sent too many requests or wrong passwords. Retry-After: seconds until the next one is allowed.",
  500: "An internal error.",
  502: "The message queue service rejected the request.",
  503: "Redis, the message queue service or the identity provider is unreachable. Retry-After: seconds until a retry.",
};

const PATH_PARAMETER_DESCRIPTIONS: Readonly<Record<string, string>> = {
  workflow_id: "Id of a workflow: WF-<hex epoch seconds>-<8 hex>.",
  task_id: "Id of a task directive: TK-<workflow id without WF->-<8 hex>.",
  schedd: "Name of an HTCondor access point.",
  stray_id: "Id of a stray cluster, from the list of them.",
  taskforce_uuid: "Uuid of a taskforce: TF-<task id without TK->-<8 hex>.",
};

const idempotencyKeyHeaders = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({
      description:
        "Chosen by the client: 1 to 255 visible ASCII characters. A request that repeats a key within 24 h takes effect once " +
        "and gets the first response again. A key is valid for one caller and one path.",
    }),
});

const idempotencyReplayedHeaders = z.object({
  "Idempotency-Replayed": z.literal("true").optional().meta({
    description:
      "This is the response to an earlier request: one with the same key, or an equal one whose response was lost.",
  }),
});

/** The name of the security scheme for bearer tokens. */
const TOKEN_SCHEME = "token";

/**
 * Builds the document from the schemas that the routes validate with.
 *
 * @param basePath path of the service behind a reverse proxy, without a slash at the end; empty: it has none
 */
export function buildOpenApiDocument(routes: readonly Route[], basePath: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", TOKEN_SCHEME, {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A token of the identity provider. Not required if authentication is off.",
  });
  for (const route of routes) registry.registerPath(describeRoute(route));
  const used = new Set<string | undefined>(routes.map(({ tag }) => tag));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "EWMS workflow management service",
      version: "1",
      description: "Runs workflows of many small events on HTCondor pools.",
    },
    servers: [{ url: basePath || "/", description: "This service." }],
    tags: Object.entries(TAGS).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
  });
}

function describeRoute(route: Route): RouteConfig {
  const { method, path, tag, description, query, headers, body, responses, roles } = route;
  const operation = OPERATIONS[`${method} ${path}`];
  if (operation === undefined) throw new Error(`${method} ${path} has no operation id`);
  const examples = EXAMPLES[operation.id];
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [
    name,
    z
      .string()
      .meta({ description: PATH_PARAMETER_DESCRIPTIONS[name] ?? name, param: { example: PARAMETER_EXAMPLES[name] } }),
  ]);
  return {
    method,
    path,
    operationId: operation.id,
    summary: operation.summary,
    description,
    ...(tag && { tags: [tag] }),
    "x-roles": roles,
    ...(route.isExtension && { "x-ewms-extension": true }),
    security: roles === "anyone" ? [] : [{ [TOKEN_SCHEME]: [] }],
    request: {
      ...(params.length > 0 && { params: z.object(Object.fromEntries(params)) }),
      ...(query && { query }),
      ...(headers && { headers }),
      ...(route.isRepeatable && { headers: idempotencyKeyHeaders }),
      ...(body && {
        body: {
          required: body.required,
          content: { "application/json": { schema: body.schema, ...withExample(examples?.body) } },
        },
      }),
    },
    responses: Object.fromEntries(
      Object.entries({ ...errorResponsesOf(route), ...responses }).map(
        ([status, { description, schema, contentType = "application/json" }]) => [
          status,
          {
            description,
            content: { [contentType]: { schema, ...withExample(exampleOf(Number(status), examples)) } },
            ...(route.isRepeatable && Number(status) < 400 && { headers: idempotencyReplayedHeaders }),
          },
        ],
      ),
    ),
  };
}

const withExample = (example: unknown) => (example === undefined ? {} : { example });

/** The example of a response; all errors have the same form. */
function exampleOf(status: number, examples: OperationExamples | undefined): unknown {
  const error = ERROR_EXAMPLES[status];
  return examples?.responses?.[status] ?? (error === undefined ? undefined : { code: status, error });
}

function errorResponsesOf({ errors = [], roles }: Route): Record<number, DocumentedResponse> {
  const accessErrors = roles === "anyone" ? ([403] as const) : ([401, 403, 429] as const);
  const statuses = [400, ...accessErrors, ...errors, 413, 500, 503] as const;
  return Object.fromEntries(
    statuses.map((status) => [status, { description: ERROR_DESCRIPTIONS[status], schema: errorSchema }]),
  );
}
