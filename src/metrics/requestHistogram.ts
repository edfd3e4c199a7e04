import { Histogram, type Registry } from "prom-client";

/** A request that is over, as far as it is counted. */
export interface CompletedRequest {
  method: string;
  /** The path's template; undefined for what no route serves. */
  route: string | undefined;
  status: number;
  milliseconds: number;
}

/** Every other one is `other`: whoever asks must not be able to make series. */
const LABELLED_METHODS = new Set(["GET", "HEAD", "POST"]);

/** Seconds. Reads take a millisecond or two, long queries a second. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts requests by method, route and status, with their durations. @returns what is to be told of each request */
export function registerRequestHistogram(registry: Registry): (request: CompletedRequest) => void {
  const durations = new Histogram({
    name: "wms_http_request_duration_seconds",
    help: "Requests, from the arrival of the head to the end of the answer. 499: the client went away before.",
    labelNames: ["method", "route", "code"],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  });
  return ({ method, route = "none", status, milliseconds }) =>
    durations.observe(
      { method: LABELLED_METHODS.has(method) ? method : "other", route, code: status },
      milliseconds / 1000,
    );
}
