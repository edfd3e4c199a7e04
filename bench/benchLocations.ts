import { BENCH_SCHEDD, clusterLocationsOfSites, siteSchedd } from "./prepare.js";

/** The sites of the stored taskforces and of the aborted ones. */
export const POPULATED_SITES: readonly string[] = Array.from({ length: 10 }, (_, n) => `site-${n}`);

const EMPTY_SITE = "site-empty";
/** The schedd of a site that never has taskforces. */
export const EMPTY_SCHEDD = siteSchedd(EMPTY_SITE);

/** For the setting of that name. */
export const CLUSTER_LOCATIONS = JSON.stringify({
  ...JSON.parse(clusterLocationsOfSites([...POPULATED_SITES, EMPTY_SITE])),
  "test-alpha": { schedd: BENCH_SCHEDD },
  "test-beta": { schedd: "SCHEDD2" },
});
