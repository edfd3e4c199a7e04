import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { z } from "zod";
import type { Role } from "../../domain/caller.js";
import type { IdempotentRequest } from "../../domain/idempotentRequest.js";

/** Groups of routes in the OpenAPI document. */
export type Tag =
  | "workflows"
  | "task-directives"
  | "taskforces"
  | "schedds"
  | "tms - internal"
  | "openapi"
  | "mqs"
  | "operations";

/** The validated parts of a request that a handler receives. */
export interface RouteRequest<Params = Record<string, string>, Query = unknown, Body = unknown, Headers = unknown> {
  params: Params;
  query: Query;
  body: Body;
  headers: Headers;
  /** The role under which phase changes of this request are recorded. */
  source: "USER" | "TMS";
  /** Set if the route is idempotent and the request has an `Idempotency-Key`. */
  idempotentRequest: IdempotentRequest | undefined;
  /** Creates a logger whose lines contain the id of the request. */
  log: () => Logger;
}

/** JSON text; long text in pieces of about 100 kB. */
export type JsonText = string | readonly string[];

/** JSON text with status 200, or with another status or further headers; or a function that streams the response. */
export type RouteResponse =
  | JsonText
  | { status: number; text: JsonText; headers?: OutgoingHttpHeaders }
  /** May throw before it has sent the head. Sends only the head for HEAD. */
  | { stream: (request: IncomingMessage, response: ServerResponse) => Promise<void> };

/** A successful response in the OpenAPI document. */
export interface SuccessResponse {
  description: string;
  schema: z.ZodType;
  /** `application/json` by default. */
  contentType?: string;
}

/** Error statuses of some routes. All routes have 400, 413, 500 and 503; routes with roles also 401, 403 and 429. */
export type ExtraErrorStatus = 404 | 409 | 422 | 502;

/** One route: its inputs and responses, as data for the router and the OpenAPI document, and its handler. */
export interface Route {
  method: "get" | "post";
  /** In OpenAPI's notation: `/v1/workflows/{workflow_id}`. */
  path: string;
  /** `undefined` for the root. */
  tag?: Tag;
  /** The caller needs one of these; `anyone` needs no token. */
  roles: readonly Role[] | "anyone";
  description: string;
  /** The existing EWMS service does not have this route; the document marks it. */
  isExtension?: true;
  /** The route accepts an `Idempotency-Key`. */
  isIdempotent?: true;
  /** GET leases something to the caller. HEAD is rejected: it would lease without returning the lease. */
  getHasSideEffects?: true;
  /** Query parameters; others are ignored. */
  query?: z.ZodObject;
  /** Headers in lower case; others are ignored here. */
  headers?: z.ZodObject;
  /** The schema receives `{}` for a missing or empty body, whether or not a body is required. */
  body?: { schema: z.ZodType; required: boolean };
  responses: Record<number, SuccessResponse>;
  errors?: readonly ExtraErrorStatus[];
  /** Runs after authorization and validation. */
  handle(request: RouteRequest): Promise<RouteResponse>;
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name | keyof ParamsOf<Rest>]: string }
  : Record<never, string>;

type TypedRoute<
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Headers extends z.ZodObject,
> = Omit<Route, "path" | "query" | "headers" | "body" | "handle"> & {
  path: Path;
  query?: Query;
  headers?: Headers;
  body?: { schema: Body; required: boolean };
  handle(
    request: RouteRequest<ParamsOf<Path>, z.output<Query>, z.output<Body>, z.output<Headers>>,
  ): Promise<RouteResponse>;
};

/**
 * Creates a route whose handler is typed by its path and schemas.
 *
 * @example
 * route({
 *   method: "get",
 *   path: "/v1/workflows/{workflow_id}",
 *   roles: ["user"],
 *   description: "One workflow.",
 *   responses: { 200: { description: "The workflow.", schema: workflowSchema } },
 *   errors: [404],
 *   handle: ({ params }) => readWorkflow(wms, params.workflow_id),
 * });
 */
export const route = <
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Headers extends z.ZodObject,
>(
  typed: TypedRoute<Path, Query, Body, Headers>,
): Route => typed as unknown as Route;
