import type { StreamedRequest } from "../requestStream.js";
import { EMPTY_SCHEDD, type HostilePopulation } from "./hostilePopulation.js";

/** Requests of innocent users and TMSes, which change nothing. */
export function smallRequests({ innocent: { taskforce, report } }: HostilePopulation): StreamedRequest[] {
  const get =
    (path: string): StreamedRequest =>
    (caller) =>
      caller.callExpectingSuccess("GET", path);
  return [
    get(`/v1/taskforces/${taskforce}`),
    get("/v1/"),
    get(`/v1/tms/pending-starter/taskforces?schedd=${EMPTY_SCHEDD}`),
    // The service recognizes the repeated report.
    (caller) => caller.callExpectingSuccess("POST", `/v1/tms/condor-submit/taskforces/${taskforce}`, report),
  ];
}
