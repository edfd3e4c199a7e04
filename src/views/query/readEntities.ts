import type { FindRequest } from "../../domain/requestSchemas.js";
import type { Wms } from "../../lifecycle/context.js";
import { entityNotFound } from "../../lifecycle/entityNotFound.js";
import { taskforceJson, workflowJson } from "../../store/documents.js";
import type { EntityKind, IdByKind } from "../../store/keys.js";
import { taskJson } from "../../store/records.js";
import type { StoredByKind } from "../../store/store.js";
import { ID_CHECKS, type WalkOrder } from "./cursor.js";
import { resolveEarlyIds } from "./earlyIdsInFilter.js";
import { WorkMeter } from "./meter.js";
import type { QueryPage } from "./queryPage.js";
import { type QueryReport, runQuery } from "./runQuery.js";
import { storedDocuments } from "./storedDocuments.js";
import { queryTurns } from "./turns.js";

/** Serializes the record of each kind of entity. */
const SERIALIZERS: { [K in EntityKind]: (record: StoredByKind[K]) => string } = {
  workflow: workflowJson,
  task: taskJson,
  taskforce: taskforceJson,
};

/** Reads an entity as JSON text. @throws WmsError `not-found` */
export async function readEntity<K extends EntityKind>(wms: Wms, kind: K, id: string): Promise<string> {
  const record = ID_CHECKS[kind](id) ? await wms.store.fetch(kind, id as IdByKind[K]) : undefined;
  if (record === undefined) throw await entityNotFound(wms, kind, id);
  return SERIALIZERS[kind](record);
}

/** The caller of a query, and the form of its answer. */
export interface QueryOptions {
  /** The name of the list in the response. */
  readonly envelope: string;
  readonly order: WalkOrder;
  /** The key of the caller: expensive queries of different callers take turns. */
  readonly caller: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * Reads one page of the entities that match a filter.
 *
 * @returns JSON texts, the cursor of the next page if there may be one, and how the page came about
 * @throws WmsError `invalid` for an unusable filter, projection or cursor; the reason of the signal
 */
export async function queryEntities<K extends EntityKind>(
  wms: Wms,
  kind: K,
  request: FindRequest,
  { envelope, order, caller, signal }: QueryOptions,
): Promise<QueryPage & { report: QueryReport }> {
  const { store, settings } = wms;
  const { queryMaxBytes: maxBytes, queryMaxScan: maxScan } = settings;
  const source = await storedDocuments(store);
  const turn = queryTurns.turnOf(caller);
  try {
    const meter = new WorkMeter({ signal, turn });
    const query = await resolveEarlyIds(request.query, store.earlyIds);
    return await runQuery(source, kind, { ...request, query }, { maxBytes, maxScan, envelope, order, meter });
  } finally {
    turn.end();
  }
}
