import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestHandler, Response } from "express";
import type { Logger } from "pino";
import type { Caller } from "../../domain/caller.js";

/** As much of a request as the audit tells. */
export interface AuditContext {
  readonly id: string;
  readonly caller: Caller | undefined;
}

/** Something that an operator does with one request, or tries to. Filled in on the way. */
export interface AuditRecord {
  readonly context: AuditContext;
  /** Undefined when nobody got as far as knowing what it is. */
  action: string | undefined;
  queue: string | undefined;
  job: string | undefined;
  /** How many jobs an action on all of them reached. */
  jobs: number | undefined;
  /** Why the dashboard refused it. */
  refusal: string | undefined;
}

const auditStorage = new AsyncLocalStorage<AuditRecord>();

/** What is being done; undefined while somebody merely looks. */
export const currentAuditRecord = (): AuditRecord | undefined => auditStorage.getStore();

/** Who is doing it, as logs name the operator. */
export const currentOperator = (): string => operatorNameOf(currentAuditRecord()?.context);

const operatorNameOf = (asking: AuditContext | undefined): string => asking?.caller?.subject ?? "unknown";

/**
 * Logs everything that may change something: who did what, from where, and what came of it; also what the guard behind it
 * refused. To be mounted before the guard.
 *
 * @param auditContextOf knows the request that a response answers
 */
export function auditOperatorActions(
  auditContextOf: (response: Response) => AuditContext,
  log: Logger,
): RequestHandler {
  // Who turns the log down wants less noise, not less audit.
  const audit = log.child({ audit: true }, log.level === "silent" ? {} : { level: "info" });
  return (request, response, next) => {
    if (request.method === "GET" || request.method === "HEAD") return next();
    const context = auditContextOf(response);
    const record: AuditRecord = {
      context,
      action: undefined,
      queue: undefined,
      job: undefined,
      jobs: undefined,
      refusal: undefined,
    };
    const { method, ip: address } = request;
    const [path] = request.originalUrl.split("?", 1);
    response.once("close", () => {
      const { action, queue, job, jobs, refusal } = record;
      const outcome = response.writableFinished ? outcomeOf(response.statusCode) : "unknown";
      const who = { operator: operatorNameOf(context), address, request: context.id };
      const what = { action, queue, job, jobs, method, path };
      audit.info({ ...who, ...what, outcome, status: response.statusCode, refusal }, "an operator acted");
    });
    auditStorage.run(record, next);
  };
}

type Outcome = "done" | "refused" | "failed";

function outcomeOf(status: number): Outcome {
  if (status < 400) return "done";
  return status < 500 ? "refused" : "failed";
}
