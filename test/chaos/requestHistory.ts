/** Kinds of requests, with the pattern of their method and path. The group is the entity that the path names. */
const REQUEST_PATTERNS = {
  "create-workflow": /^POST \/v1\/workflows$()/,
  "add-workers": /^POST \/v1\/task-directives\/([^/]+)\/actions\/add-workers$/,
  abort: /^POST \/v1\/workflows\/([^/]+)\/actions\/abort$/,
  finish: /^POST \/v1\/workflows\/([^/]+)\/actions\/finished$/,
  "read-workflow": /^GET \/v1\/workflows\/([^/]+)$/,
  "read-taskforce": /^GET \/v1\/taskforces\/([^/]+)$/,
  summary: /^GET \/v1\/workflows\/([^/]+)\/summary$/,
  query: /^POST \/v1\/query\/(\S+)$/,
  "lease-starter": /^GET \/v1\/tms\/pending-starter\/taskforces\?schedd=(.*)$/,
  "lease-stopper": /^GET \/v1\/tms\/pending-stopper\/taskforces\?schedd=(.*)$/,
  submit: /^POST \/v1\/tms\/condor-submit\/taskforces\/([^/]+)$/,
  "submit-failed": /^POST \/v1\/tms\/condor-submit\/taskforces\/([^/]+)\/failed$/,
  remove: /^POST \/v1\/tms\/condor-rm\/taskforces\/([^/]+)$/,
  "remove-failed": /^POST \/v1\/tms\/condor-rm\/taskforces\/([^/]+)\/failed$/,
  complete: /^POST \/v1\/tms\/condor-complete\/taskforces\/([^/]+)$/,
  statuses: /^POST \/v1\/tms\/statuses\/taskforces$()/,
} as const;

/** A kind of request. */
export type RequestKind = keyof typeof REQUEST_PATTERNS;

export const REQUEST_KINDS = Object.keys(REQUEST_PATTERNS) as RequestKind[];

/**
 * The outcome of a request: `done` was acknowledged; `refused` got a 4xx; `unavailable` may be retried; `lost` got no
 * response, and may have taken effect or still do; `failed` must never occur.
 */
export type RequestOutcome = "done" | "refused" | "unavailable" | "lost" | "failed";

/** A request and its outcome. Times are epoch milliseconds. */
export interface RecordedRequest {
  kind: RequestKind;
  /** The workflow, task, taskforce or schedd in the path; empty if there is none. */
  subject: string;
  sentAtMs: number;
  /** When the response arrived; infinite without a response. */
  endedAtMs: number;
  outcome: RequestOutcome;
  status: number | undefined;
  /** The body of the request. */
  body: unknown;
  /** The uuid of the leased taskforce. */
  handedOutUuid?: string;
}

/** Classifies a request. @throws Error for an unknown request */
export function classifyRequest(method: string, path: string): Pick<RecordedRequest, "kind" | "subject"> {
  for (const kind of REQUEST_KINDS) {
    const [, subject] = REQUEST_PATTERNS[kind].exec(`${method} ${path}`) ?? [];
    if (subject !== undefined) return { kind, subject: decodeURIComponent(subject) };
  }
  throw new Error(`${method} ${path} is no known kind of request`);
}

/** Maps a status to an outcome. 409: another request with the same idempotency key is still in progress. */
export function outcomeOfStatus(status: number): RequestOutcome {
  if (status < 300) return "done";
  if (status === 503 || status === 409) return "unavailable";
  return status < 500 ? "refused" : "failed";
}

/** All requests, in the order in which they were sent. */
export class RequestHistory {
  readonly requests: RecordedRequest[] = [];

  /** Records a request that is sent now. The caller fills in its outcome later. */
  recordSent(method: string, path: string, body: unknown): RecordedRequest {
    const request: RecordedRequest = {
      ...classifyRequest(method, path),
      sentAtMs: Date.now(),
      endedAtMs: Number.POSITIVE_INFINITY,
      outcome: "lost",
      status: undefined,
      body,
    };
    this.requests.push(request);
    return request;
  }

  ofKinds(...kinds: readonly RequestKind[]): RecordedRequest[] {
    return this.requests.filter(({ kind }) => kinds.includes(kind));
  }

  /** Returns the acknowledged requests of some kinds. */
  acknowledged(...kinds: readonly RequestKind[]): RecordedRequest[] {
    return this.ofKinds(...kinds).filter(({ outcome }) => outcome === "done");
  }
}
