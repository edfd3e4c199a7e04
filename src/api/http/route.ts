import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { z } from "zod";
import type { Role } from "../../domain/caller.js";
import type { IdempotentRequest } from "../../domain/idempotentRequest.js";

/** Groups of routes in the document. */
export type Tag =
  | "workflows"
  | "task-directives"
  | "taskforces"
  | "schedds"
  | "tms - internal"
  | "openapi"
  | "mqs"
  | "operations";

/** What a handler gets, checked. */
export interface RouteRequest<Params = Record<string, string>, Query = unknown, Body = unknown, Headers = unknown> {
  params: Params;
  query: Query;
  body: Body;
  headers: Headers;
  /** By which role the request counts. */
  source: "USER" | "TMS";
  /** Given when the route is idempotent and the request has an `Idempotency-Key`. */
  idempotentRequest: IdempotentRequest | undefined;
  /** Makes a log whose lines name the request. */
  log: () => Logger;
}

/** JSON text. One that may be long comes in pieces of some 100 kB. */
export type JsonText = string | readonly string[];

/** An answer: JSON text, with a status when it is not 200, or with further headers; or what sends the answer by itself, bit by bit. */
export type RouteResponse =
  | JsonText
  | { status: number; text: JsonText; headers?: OutgoingHttpHeaders }
  /** As long as it has sent nothing, it may throw. To a HEAD it sends the head alone. */
  | { stream: (request: IncomingMessage, response: ServerResponse) => Promise<void> };

/** A success as the document shows it. */
export interface SuccessResponse {
  description: string;
  schema: z.ZodType;
  /** JSON unless told. */
  contentType?: string;
}

/** Error statuses of some routes. Every route may answer 400, 413, 500 and 503, and 401, 403 and 429 unless it is for anyone. */
export type ExtraErrorStatus = 404 | 409 | 422 | 502;

/** One route: what it takes and answers, as data for the router and the document, and what it does. */
export interface Route {
  method: "get" | "post";
  /** In OpenAPI's notation: `/v1/workflows/{workflow_id}`. */
  path: string;
  /** Undefined for the root. */
  tag?: Tag;
  /** Whom it is for; `anyone` needs no token. */
  roles: readonly Role[] | "anyone";
  description: string;
  /** The API of the existing service does not have it; the document says so. */
  extension?: true;
  /** It takes an `Idempotency-Key`. */
  idempotent?: true;
  /** Its GET takes something from all others. A HEAD would take it without telling, and is refused. */
  takes?: true;
  /** Declared query parameters; all others are ignored. */
  query?: z.ZodObject;
  /** Declared headers, in lower case; all others are left to others. */
  headers?: z.ZodObject;
  /** A body that is not required may be missing or empty; its schema then sees `{}`, as it does for a required one. */
  body?: { schema: z.ZodType; required: boolean };
  responses: Record<number, SuccessResponse>;
  errors?: readonly ExtraErrorStatus[];
  /** Parsing and validation are done, so that this calls and answers. */
  answer(call: RouteRequest): Promise<RouteResponse>;
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name | keyof ParamsOf<Rest>]: string }
  : Record<never, string>;

type TypedRoute<
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Headers extends z.ZodObject,
> = Omit<Route, "path" | "query" | "headers" | "body" | "answer"> & {
  path: Path;
  query?: Query;
  headers?: Headers;
  body?: { schema: Body; required: boolean };
  answer(
    call: RouteRequest<ParamsOf<Path>, z.output<Query>, z.output<Body>, z.output<Headers>>,
  ): Promise<RouteResponse>;
};

/**
 * A route whose handler is typed by its path and schemas.
 *
 * @example
 * route({
 *   method: "get",
 *   path: "/v1/workflows/{workflow_id}",
 *   roles: ["user"],
 *   description: "One workflow.",
 *   responses: { 200: { description: "The workflow.", schema: workflowSchema } },
 *   errors: [404],
 *   answer: ({ params }) => readWorkflow(wms, params.workflow_id),
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
