import { isTaskforceUuid } from "../domain/ids.js";
import type { StatusesRequest, StatusResult } from "../domain/requestSchemas.js";
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
  for (const uuid of uuids) {
    if (!isTaskforceUuid(uuid)) unknown.push(uuid);
    else updates.push({ uuid, compoundStatuses: statuses?.[uuid], topTaskErrors: errors?.[uuid] });
  }
  const found = await updateStatuses(wms.store, updates);
  for (const uuid of found) scheduleFanout(wms, uuid);

  const missing = [...unknown, ...updates.flatMap(({ uuid }) => (found.has(uuid) ? [] : [uuid]))];
  return [
    ...missing.map((uuid) => ({ uuid, status: "failed" as const, error: "no taskforce found with uuid" })),
    ...[...found].map((uuid) => ({ uuid, status: "updated" as const })),
  ];
}
