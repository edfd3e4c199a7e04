import { nextEpochSeconds } from "../../domain/clock.js";
import { type LocationState, scheddOf } from "../../domain/clusters.js";
import { isSilent } from "../../domain/schedd.js";
import type { Wms } from "../../lifecycle/context.js";
import { readLastPolls } from "./readSchedds.js";

/** Lists the configured cluster locations by name. Costs one Redis command, whatever their number. */
export async function listLocations(wms: Wms): Promise<LocationState[]> {
  const { clusters } = wms.settings;
  const polls = await readLastPolls(wms);
  const nowSeconds = nextEpochSeconds();
  return Object.keys(clusters)
    .sort()
    .flatMap((location) => {
      const cluster = clusters[location];
      const schedd = scheddOf(clusters, location);
      if (cluster === undefined || schedd === undefined) return [];
      const lastPoll = polls.get(schedd);
      return {
        location,
        alias_of: "alias_of" in cluster ? cluster.alias_of : null,
        schedd,
        last_poll: lastPoll ?? null,
        is_polling: !isSilent(lastPoll, nowSeconds),
      };
    });
}
