import { type CutReport, cutCompoundStatuses, cutTopTaskErrors } from "../domain/cutReports.js";
import { isEarlyId } from "../domain/earlyIds.js";
import { isTaskforceUuid, type TaskforceUuid } from "../domain/ids.js";
import type { StatusesRequest, StatusResult } from "../domain/requestSchemas.js";
import { createYielder } from "../domain/time.js";
import { invalid } from "../domain/wmsError.js";
import { type StatusUpdate, updateStatuses } from "../store/statusUpdates.js";
import { scheduleFanout } from "./changeEffects.js";
import type { Wms } from "./context.js";

/**
 * Replaces the worker statuses and errors of taskforces.
 *
 * @returns one result per taskforce, failures first
 * @throws WmsError `invalid` when the request has neither map
 */
export async function reportStatuses(wms: Wms, request: StatusesRequest): Promise<StatusResult[]> {
  const { compound_statuses_by_taskforce: statuses, top_task_errors_by_taskforce: errors } = request;
  if (statuses === undefined && errors === undefined)
    throw invalid("compound_statuses_by_taskforce, top_task_errors_by_taskforce: expected at least one of them");
  const uuids = new Set([...Object.keys(statuses ?? {}), ...Object.keys(errors ?? {})]);
  const updates: StatusUpdate[] = [];
  const unknown: string[] = [];
  const stored = await wms.store.earlyIds.find([...uuids].filter(isEarlyId));
  const pause = createYielder();
  for (const reportedUuid of uuids) {
    const due = pause();
    if (due !== undefined) await due;
    const uuid = stored.get(reportedUuid) ?? reportedUuid;
    if (!isTaskforceUuid(uuid)) {
      unknown.push(uuid);
      continue;
    }
    const [reported, reportedErrors] = [statuses?.[reportedUuid], errors?.[reportedUuid]];
    const cutting = reported && cutCompoundStatuses(reported, pause);
    updates.push({
      uuid,
      compoundStatuses: logCut(wms, uuid, "compound_statuses", cutting instanceof Promise ? await cutting : cutting),
      topTaskErrors: logCut(wms, uuid, "top_task_errors", reportedErrors && cutTopTaskErrors(reportedErrors)),
    });
  }
  const found = await updateStatuses(wms.store, updates);
  for (const uuid of found) scheduleFanout(wms, uuid);

  const missing = [...unknown, ...updates.flatMap(({ uuid }) => (found.has(uuid) ? [] : [uuid]))];
  return [
    ...missing.map((uuid) => ({ uuid, status: "failed" as const, error: "no taskforce found with uuid" })),
    ...[...found].map((uuid) => ({ uuid, status: "updated" as const })),
  ];
}

/** Logs what was cut of a map. @param map undefined when the report has no such map for the taskforce @returns the rest */
function logCut<T>(
  { log }: Wms,
  taskforce: TaskforceUuid,
  field: string,
  map: CutReport<T> | undefined,
): T | undefined {
  if (map?.cut !== undefined) log.warn({ taskforce, field, cut: map.cut }, "a report is too large and was cut");
  return map?.value;
}
