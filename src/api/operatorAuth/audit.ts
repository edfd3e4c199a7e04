import { AsyncLocalStorage } from "node:async_hooks";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
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

/** Audits every request that may change something. It is mounted before the guard, to log refused requests too. */
export function auditDashboard(log: Logger): RequestHandler {
  const audit = auditLogOf(log);
  return (request, response, next) => {
    if (isReadRequest(request)) return next();
    const record: AuditRecord = { context: requestContextOf(response) };
    logOnClose(audit, request, response, () => {
      const { context, ...fields } = record;
      return { operator: operatorOf(context), ...fields };
    });
    auditStorage.run(record, next);
  };
}

/** Makes a function that audits a request to the API by an operator's page, unless the request only reads. */
export function createApiAudit(log: Logger): (operator: string, request: Request, response: Response) => void {
  const audit = auditLogOf(log);
  return (operator, request, response) => {
    // Queries read, although their method is POST.
    if (isReadRequest(request) || request.path.startsWith("/v1/query/")) return;
    logOnClose(audit, request, response, () => ({ operator, action: requestContextOf(response).route }));
  };
}

/** The audit stays on at every log level but `silent`: a higher level asks for less noise, not for less audit. */
const auditLogOf = (log: Logger): Logger => log.child({ audit: true }, log.level === "silent" ? {} : { level: "info" });

/** Logs who did what, from which address, and with which outcome, once the response is closed. */
function logOnClose(audit: Logger, { ip: address }: Request, response: Response, describeAction: () => object): void {
  const { id: request, method, path } = requestContextOf(response);
  response.once("close", () => {
    const status = response.statusCode;
    const result = status < 400 ? "done" : status < 500 ? "refused" : "failed";
    const outcome = response.writableFinished ? result : "unknown";
    audit.info({ ...describeAction(), address, request, method, path, outcome, status }, "an operator acted");
  });
}
