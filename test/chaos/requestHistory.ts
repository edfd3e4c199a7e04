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
  "take-starter": /^GET \/v1\/tms\/pending-starter\/taskforces\?schedd=(.*)$/,
  "take-stopper": /^GET \/v1\/tms\/pending-stopper\/taskforces\?schedd=(.*)$/,
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

/** A request and what became of it. Times are epoch milliseconds. */
export interface RecordedRequest {
  kind: RequestKind;
  /** What the path names: a workflow, task, taskforce or schedd; empty where it names nothing. */
  subject: string;
  sentAtMs: number;
  /** When the answer was there; infinite without one. */
  endedAtMs: number;
  outcome: RequestOutcome;
  status: number | undefined;
  /** The body that was sent, where it says something. */
  body: unknown;
  /** What was handed out: the uuid of a taskforce. */
  handedOutUuid?: string;
}

/** Classifies a request. @throws Error for a request that no driver sends */
export function classifyRequest(method: string, path: string): Pick<RecordedRequest, "kind" | "subject"> {
  for (const kind of REQUEST_KINDS) {
    const [, subject] = REQUEST_PATTERNS[kind].exec(`${method} ${path}`) ?? [];
    if (subject !== undefined) return { kind, subject: decodeURIComponent(subject) };
  }
  throw new Error(`no driver sends ${method} ${path}`);
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
    const exchange: RecordedRequest = {
      ...classifyRequest(method, path),
      sentAtMs: Date.now(),
      endedAtMs: Number.POSITIVE_INFINITY,
      outcome: "lost",
      status: undefined,
      body,
    };
    this.requests.push(exchange);
    return exchange;
  }

  ofKinds(...kinds: readonly RequestKind[]): RecordedRequest[] {
    return this.requests.filter(({ kind }) => kinds.includes(kind));
  }

  /** The acknowledged ones. */
  acknowledged(...kinds: readonly RequestKind[]): RecordedRequest[] {
    return this.ofKinds(...kinds).filter(({ outcome }) => outcome === "done");
  }
}
