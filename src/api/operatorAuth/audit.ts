import { AsyncLocalStorage } from "node:async_hooks";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
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
export const currentOperator = (): string => operatorOf(currentAuditRecord()?.context);

const operatorOf = (context: RequestContext | undefined): string => context?.caller?.subject ?? "unknown";

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
      return { act: { operator: operatorOf(context), ...act }, isKept: context.caller !== undefined };
    });
    auditStorage.run(record, next);
  };
}

/** Audits a request to the API. @param isKept false: the request goes to the log, but not to the trail */
type ApiAudit = (operator: string, request: Request, response: Response, isKept: boolean) => void;

/** Makes a function that audits a request to the API by an operator's page, unless the request only reads. */
export function createApiAudit(log: Logger, trail: AuditTrail): ApiAudit {
  const audit = new AuditLog(log, trail);
  return (operator, request, response, isKept) => {
    // Queries read, although their method is POST.
    if (isReadRequest(request) || request.path.startsWith("/v1/query/")) return;
    audit.recordOnClose(request, response, () => {
      const action = requestContextOf(response).route;
      return { act: { operator, action }, shortAction: shortActionOf(action), isKept };
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

/** What an operator did, without the facts of the request. */
type OperatorAct = Omit<AuditRecord, "context"> & { operator: string };

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
  recordOnClose(
    { ip: address = "" }: Request,
    response: Response,
    describe: () => { act: OperatorAct; shortAction?: string | undefined; isKept: boolean },
  ): void {
    const { id: request, method, path } = requestContextOf(response);
    response.once("close", () => {
      const status = response.statusCode;
      const result = status < 400 ? "done" : status < 500 ? "refused" : "failed";
      const outcome = response.writableFinished ? result : "unknown";
      const { act, shortAction = act.action, isKept } = describe();
      const facts = { address, request, method, path, outcome, status };
      this.#audit.info({ ...act, ...facts }, "an operator acted");
      if (!isKept) return;
      const { operator, queue = null, job = null, jobs = null, refusal = null } = act;
      const time = epochMs() / 1000;
      // After the response, so a Redis that refuses neither delays nor fails it.
      this.#trail
        .append({ time, operator, action: shortAction ?? null, queue, job, jobs, refusal, ...facts })
        .catch((error: unknown) =>
          this.#log.debug({ err: error }, "the audit trail in Redis lacks an act; the log has it"),
        );
    });
  }
}
