/** Ids of existing entities that hostile requests may use, and change. */
export interface HostileTargets {
  workflows: string[];
  tasks: string[];
  /** Taskforces that run. */
  running: string[];
  /** Taskforces in pending-starter, on the schedd. */
  pending: string[];
  schedd: string;
}

/** A request that costs the service as much as its limits allow, or more. */
export interface HostileRequest {
  name: string;
  method: "GET" | "POST";
  /** @param n the number of requests of this kind that were sent before */
  path(targets: HostileTargets, n: number): string;
  /** Builds the JSON text when it is needed, because all texts together would be too large. @param copy 0, 1 or 2 */
  body(targets: HostileTargets, copy: number): string;
  /** Statuses that the service may respond with. */
  allowedStatuses: readonly number[];
  /** Requests after which a client stops, because each one fills the store. */
  maxRequests: number;
  /** Whether the short battery of the test suite sends it. */
  isInShortBattery: boolean;
}

/** Responses to a hostile request: it is served, or rejected for what it says, or for its size. */
const ALLOWED_STATUSES = [200, 400, 413];

/** Options of a hostile request, with their defaults. */
export type HostileOptions = Partial<
  Pick<HostileRequest, "allowedStatuses" | "maxRequests" | "isInShortBattery" | "method">
>;

/** Completes a hostile request. */
export const hostileRequest = (
  name: string,
  path: HostileRequest["path"],
  body: HostileRequest["body"],
  options: HostileOptions = {},
): HostileRequest => ({
  name,
  method: "POST",
  path,
  body,
  allowedStatuses: ALLOWED_STATUSES,
  maxRequests: Number.POSITIVE_INFINITY,
  isInShortBattery: false,
  ...options,
});

/** The kinds of entities with a query route. */
export type QueriedKind = "workflows" | "task-directives" | "taskforces";

/** A query whose filter is JSON text. */
export const hostileQuery = (
  name: string,
  filter: () => string,
  { kind = "taskforces", ...options }: HostileOptions & { kind?: QueriedKind } = {},
): HostileRequest =>
  hostileRequest(
    name,
    () => `/v1/query/${kind}`,
    () => `{"query":${filter()}}`,
    options,
  );

/** Requests of the short battery. */
export const SHORT: HostileOptions = { isInShortBattery: true };
