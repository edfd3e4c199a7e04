import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { z } from "zod";
import type { Caller, Role } from "../../domain/caller.js";
import type { HttpLimits } from "../../domain/httpLimits.js";
import type { OnResponseEnd, RepeatableRequest } from "../../domain/repeatableRequest.js";
import type { BodyLimits } from "./bodyLimits.js";

/** Groups of routes in the OpenAPI document, with their descriptions. */
export const TAGS = {
  workflows: "Tasks that run until a user aborts or finishes them.",
  "task-directives": "The definitions of the tasks of a workflow.",
  taskforces: "HTCondor clusters of workers.",
  schedds: "HTCondor access points and their queues.",
  webhooks: "Addresses that the service calls at events of workflows.",
  diagnosis: "Why something is waiting, and what needs attention.",
  "tms - internal": "For the task management services, one on each HTCondor access point.",
  mqs: "The embedded message queue service.",
  openapi: "This document.",
  operations: "Health checks and the state of the service, for operators.",
} as const;

/** The validated parts of a request that a handler receives. */
export interface RouteRequest<
  Params = Record<string, string>,
  Query = unknown,
  Body = unknown,
  Headers = unknown,
  Repeatable = RepeatableRequest | undefined,
> {
  params: Readonly<Params>;
  query: Query;
  body: Body;
  headers: Headers;
  /** The role under which phase changes of this request are recorded. */
  source: "USER" | "TMS";
  /** Identifies the request, should its client repeat it; undefined on routes that are not `isRepeatable`. */
  repeatable: Repeatable;
  onEnd: OnResponseEnd;
  /** Who sent the request: without roles on routes that need none, and always the same while authentication is off. */
  caller: Caller;
  /** The program that sent the request, from `User-Agent`. */
  client: string | null;
  /** Whether an operator or a viewer calls, who see more than others; true while authentication is off. */
  seesOperatorDetails: boolean;
  /** Identifies the caller across requests: the subject of the token, or the address. */
  callerKey: string;
  /** Aborted when the client has disconnected, or the response is too late. */
  signal: () => AbortSignal;
  /** Whether the person at the page is still signed in; undefined for all other callers. Throws without Redis. */
  isSignedIn: (() => Promise<boolean>) | undefined;
  /** Creates a logger whose lines contain the id of the request. */
  log: () => Logger;
}

/** JSON text, or the parts of it. */
export type JsonText = string | readonly string[];

/** JSON text with status 200, or with its status and origin; or a function that streams the response. */
export type RouteResponse =
  | JsonText
  | {
      text: JsonText;
      status?: number;
      /** This is the response to an earlier request, which this one repeats. */
      replayed?: boolean;
      headers?: Readonly<Record<string, string>>;
    }
  /** May throw before it has sent the head. Sends only the head for HEAD. */
  | { stream: (request: IncomingMessage, response: ServerResponse) => Promise<void> };

/** A response in the OpenAPI document. Its content type is `application/json` by default. */
export interface DocumentedResponse {
  description: string;
  schema: z.ZodType;
  contentType?: string;
}

/** One route: its inputs and responses, as data for the router and the OpenAPI document, and its handler. */
export interface Route {
  method: "get" | "post" | "put" | "delete";
  /** In OpenAPI's notation: `/v1/workflows/{workflow_id}`. */
  path: string;
  /** `undefined` for the root. */
  tag?: keyof typeof TAGS;
  /** The caller needs one of these; `anyone` needs no token. */
  roles: readonly Role[] | "anyone";
  description: string;
  /** The existing EWMS service does not have this route; the document marks it. */
  isExtension?: true;
  /** The route recognizes repetitions: by an `Idempotency-Key`, or when the response to an equal request was lost. */
  isRepeatable?: true;
  /** GET leases something to the caller. HEAD is rejected: it would lease without returning the lease. */
  getHasSideEffects?: true;
  /** Query parameters; others are ignored. */
  query?: z.ZodObject;
  /** Query parameters that the log line of a request contains. Their names must not be those of its other fields. */
  loggedQuery?: readonly string[];
  /** Headers in lower case; others are ignored here. */
  headers?: z.ZodObject;
  /** The schema receives `{}` for a missing or empty body, whether or not a body is required. */
  body?: { schema: z.ZodType; required: boolean };
  /** What the body may hold, if less than on other routes. */
  bodyLimits?: (limits: HttpLimits) => BodyLimits;
  /** Successful responses by status. */
  responses: Record<number, DocumentedResponse>;
  /** Error statuses besides those of all routes. */
  errors?: readonly (404 | 409 | 422 | 502)[];
  /** Runs after authorization and validation. */
  handle(request: RouteRequest): Promise<RouteResponse>;
}

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name | keyof ParamsOf<Rest>]: string }
  : Record<never, string>;

/** Creates a route whose handler is typed by its path and schemas. */
export const route = <
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Headers extends z.ZodObject,
  IsRepeatable extends true | undefined = undefined,
>(
  typed: Omit<Route, "path" | "isRepeatable" | "query" | "headers" | "body" | "handle"> & {
    path: Path;
    isRepeatable?: IsRepeatable;
    query?: Query;
    headers?: Headers;
    body?: { schema: Body; required: boolean };
    handle(
      request: RouteRequest<
        ParamsOf<Path>,
        z.output<Query>,
        z.output<Body>,
        z.output<Headers>,
        IsRepeatable extends true ? RepeatableRequest : undefined
      >,
    ): Promise<RouteResponse>;
  },
): Route => typed as unknown as Route;
