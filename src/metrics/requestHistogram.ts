import { Histogram, type Registry } from "prom-client";

/** A completed request. */
export interface CompletedRequest {
  method: string;
  /** The template of the path; undefined when no route matched. */
  route: string | undefined;
  status: number;
  milliseconds: number;
}

/** Every other method is labelled `other`, so that clients cannot create series. */
const LABELLED_METHODS = new Set(["GET", "HEAD", "POST"]);

/** Seconds. Reads take one or two milliseconds, long queries a second. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts requests by method, route and status, with their durations. @returns counts a completed request */
export function registerRequestHistogram(registry: Registry): (request: CompletedRequest) => void {
  const durations = new Histogram({
    name: "wms_http_request_duration_seconds",
    help: "Requests, from the arrival of the head to the end of the response. 499: the client disconnected before.",
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
