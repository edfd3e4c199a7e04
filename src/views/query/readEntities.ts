import type { FindRequest } from "../../domain/requestSchemas.js";
import { notFound } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import type { EntityKind, IdByKind } from "../../store/keys.js";
import { taskforceJson, taskJson, workflowJson } from "../../store/records.js";
import type { StoredByKind } from "../../store/store.js";
import { ID_CHECKS } from "./cursor.js";
import type { QueryPage } from "./queryPage.js";
import { runQuery } from "./runQuery.js";

/** Serializes the record of each kind of entity. */
const SERIALIZERS: { [K in EntityKind]: (record: StoredByKind[K]) => string } = {
  workflow: workflowJson,
  task: taskJson,
  taskforce: taskforceJson,
};

/** Reads an entity as JSON text. @throws WmsError `not-found` */
export async function readEntity<K extends EntityKind>(wms: Wms, kind: K, id: string): Promise<string> {
  const record = ID_CHECKS[kind](id) ? await wms.store.fetch(kind, id as IdByKind[K]) : undefined;
  if (record === undefined) throw notFound(`no ${kind} found with ${kind === "taskforce" ? "uuid" : "id"}: ${id}`);
  return SERIALIZERS[kind](record);
}

/**
 * Reads one page of the entities that match a filter, oldest first.
 *
 * @param envelope the name of the list in the response
 * @returns JSON texts, and the cursor of the next page if there is one
 * @throws WmsError `invalid` for an unusable filter, projection or cursor
 */
export function queryEntities<K extends EntityKind>(
  wms: Wms,
  kind: K,
  request: FindRequest,
  envelope: string,
): Promise<QueryPage> {
  const { store, settings } = wms;
  const load = async (_: K, ids: IdByKind[K][]) =>
    (await store.fetchMany(kind, ids)).map((record) => record && SERIALIZERS[kind](record));
  const source = { redis: store.redis, partitions: store.partitions, load };
  const { queryMaxBytes: maxBytes, queryMaxScan: maxScan } = settings;
  return runQuery(source, kind, request, { maxBytes, maxScan, envelope });
}
