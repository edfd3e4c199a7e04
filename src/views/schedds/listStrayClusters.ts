import { hideSecrets } from "../../domain/hideSecrets.js";
import type { StrayCluster } from "../../domain/strayCluster.js";
import type { Wms } from "../../lifecycle/context.js";

/** Lists stray clusters, the newest report first. */
export async function listStrayClusters(
  { store }: Wms,
  { workflow_id, schedd, limit }: { workflow_id?: string | undefined; schedd?: string | undefined; limit: number },
): Promise<StrayCluster[]> {
  const all = await store.strayClusters.readAll();
  const isWanted = (each: StrayCluster) =>
    (workflow_id === undefined || each.workflow_id === workflow_id) && (schedd === undefined || each.schedd === schedd);
  // A report may name any text in place of a uuid.
  return hideSecrets(all.filter(isWanted).slice(0, limit));
}
