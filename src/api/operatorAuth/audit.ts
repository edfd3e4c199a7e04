import { AsyncLocalStorage } from "node:async_hooks";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { type Caller, displayNameOf } from "../../domain/caller.js";
import { epochMs } from "../../domain/clock.js";
import type { AuditTrail } from "../../store/auditTrail.js";
import { type RequestContext, requestContextOf } from "../http/requestContext.js";
import { isReadRequest } from "./htmlPage.js";

/** What an operator does, or tries to do, with one request of the dashboard. Completed while the request is handled. */
export interface AuditRecord {
  readonly context: RequestContext;
  /** Undefined when the request was refused before its action was known. */
  action?: string | undefined;
  queue?: string | undefined;
  job?: string | undefined;
  /** Number of jobs that an action on a whole queue reached. */
  jobs?: number | undefined;
  /** Why the dashboard refused the action. */
  refusal?: string | undefined;
}

const auditStorage = new AsyncLocalStorage<AuditRecord>();

/** Returns the record of the current request; undefined for a request that only reads. */
export const currentAuditRecord = (): AuditRecord | undefined => auditStorage.getStore();

/** Returns the name of the operator who sends the current request. */
export const currentOperator = (): string => nameOf(currentAuditRecord()?.context.caller);

const nameOf = (caller: Caller | undefined): string => (caller === undefined ? "unknown" : displayNameOf(caller));

/** Returns who acted, as the log shows it. Only an operator is called one. */
function actorOf(caller: Caller | undefined): object {
  if (caller === undefined) return { operator: nameOf(caller) };
  const facts = { subject: caller.subject, role: [...caller.roles].join(",") };
  return caller.roles.has("operator") ? { operator: nameOf(caller), ...facts } : { user: nameOf(caller), ...facts };
}

/**
 * Audits every request that may change something. It is mounted before the guard, to log refused requests too. The trail
 * keeps those of operators alone: other callers could fill it.
 */
export function auditDashboard(log: Logger, trail: AuditTrail): RequestHandler {
  const audit = new AuditLog(log, trail);
  return (request, response, next) => {
    if (isReadRequest(request)) return next();
    const record: AuditRecord = { context: requestContextOf(response) };
    audit.recordOnClose(request, response, () => {
      const { context, ...act } = record;
      return { caller: context.caller, act, isKept: true };
    });
    auditStorage.run(record, next);
  };
}

/** Audits a request to the API. @param isKept false: the request goes to the log, but not to the trail */
type ApiAudit = (caller: Caller, request: Request, response: Response, isKept: boolean) => void;

/** Makes a function that audits a request to the API by a page, unless the request only reads. */
export function createApiAudit(log: Logger, trail: AuditTrail): ApiAudit {
  const audit = new AuditLog(log, trail);
  return (caller, request, response, isKept) => {
    // Queries read, although their method is POST.
    if (isReadRequest(request) || request.path.startsWith("/v1/query/")) return;
    audit.recordOnClose(request, response, () => {
      const action = requestContextOf(response).route;
      return { caller, act: { action }, shortAction: shortActionOf(action), isKept };
    });
  };
}

const SHORT_ACTIONS: Record<string, string> = {
  "/v1/workflows": "create workflow",
  "/v1/workflows/{workflow_id}/actions/finished": "finish",
  "/v1/stray-clusters/{stray_id}": "dismiss cluster",
};

/** `abort` for the route `/v1/workflows/{workflow_id}/actions/abort`; unknown routes have only their path. */
const shortActionOf = (route = ""): string | undefined =>
  SHORT_ACTIONS[route] ?? /\/actions\/([\w-]+)$/.exec(route)?.[1] ?? (route || undefined);

/** An act without the facts of its request. */
interface DescribedAct {
  /** Undefined: refused before the caller was authenticated. */
  caller: Caller | undefined;
  act: Omit<AuditRecord, "context">;
  shortAction?: string | undefined;
  /** False: the trail leaves it out. It leaves out those of callers who are not operators, too. */
  isKept: boolean;
}

/** Records who did what, from which address, and with which outcome. */
class AuditLog {
  readonly #log: Logger;
  readonly #audit: Logger;
  readonly #trail: AuditTrail;

  constructor(log: Logger, trail: AuditTrail) {
    this.#log = log;
    // The audit stays on at every log level but `silent`: a higher level asks for less noise, not for less audit.
    this.#audit = log.child({ audit: true }, log.level === "silent" ? {} : { level: "info" });
    this.#trail = trail;
  }

  /** Logs the act once the response is closed. @param describe is called then */
  recordOnClose({ ip: address = "" }: Request, response: Response, describe: () => DescribedAct): void {
    const { id: request, method, path } = requestContextOf(response);
    response.once("close", () => {
      const status = response.statusCode;
      const result = status < 400 ? "done" : status < 500 ? "refused" : "failed";
      const outcome = response.writableFinished ? result : "unknown";
      const { caller, act, shortAction = act.action, isKept } = describe();
      const isOperator = caller?.roles.has("operator") === true;
      const facts = { address, request, method, path, outcome, status };
      const message = isOperator || caller === undefined ? "an operator acted" : "a user acted";
      this.#audit.info({ ...actorOf(caller), ...act, ...facts }, message);
      if (!isKept || !isOperator) return;
      const { queue = null, job = null, jobs = null, refusal = null } = act;
      const time = epochMs() / 1000;
      // After the response, so a Redis that refuses neither delays nor fails it.
      this.#trail
        .append({ time, operator: nameOf(caller), action: shortAction ?? null, queue, job, jobs, refusal, ...facts })
        .catch((error: unknown) =>
          this.#log.debug({ err: error }, "the audit trail in Redis lacks an act; the log has it"),
        );
    });
  }
}
