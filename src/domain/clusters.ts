import { z } from "zod";

const clusterSchema = z.union(
  [z.strictObject({ schedd: z.string().min(1) }), z.strictObject({ alias_of: z.string().min(1) })],
  'expected {"schedd": name} or {"alias_of": location}',
);

/** The schema of `CLUSTER_LOCATIONS`: a cluster location is a schedd, or an alias of another location. */
export const clusterLocationsSchema = z
  .record(z.string().min(1), clusterSchema, "expected an object of cluster locations")
  .superRefine((clusters, context) => {
    for (const [name, cluster] of Object.entries(clusters)) {
      if (!("alias_of" in cluster)) continue;
      const target = Object.hasOwn(clusters, cluster.alias_of) ? clusters[cluster.alias_of] : undefined;
      if (target === undefined || !("schedd" in target))
        context.addIssue({
          code: "custom",
          path: [name, "alias_of"],
          message: `is no cluster with a schedd: ${cluster.alias_of}`,
        });
    }
  });

/** Cluster locations by name. */
export type ClusterLocations = z.infer<typeof clusterLocationsSchema>;

/** Returns the locations for an unset `CLUSTER_LOCATIONS`. Production has no test clusters. */
export function defaultClusterLocations(production: boolean): ClusterLocations {
  const osg: ClusterLocations = {
    osg: { schedd: "grid-submitter.icecube.wisc.edu" },
    OSG: { alias_of: "osg" },
    "sub-2": { alias_of: "osg" },
  };
  return production ? osg : { ...osg, "test-alpha": { schedd: "SCHEDD1" }, "test-beta": { schedd: "SCHEDD2" } };
}

/** Returns the schedd of a cluster location or alias; undefined for an unknown one. */
export function scheddOf(clusters: ClusterLocations, location: string): string | undefined {
  const cluster = Object.hasOwn(clusters, location) ? clusters[location] : undefined;
  if (cluster === undefined) return undefined;
  return "schedd" in cluster ? cluster.schedd : scheddOf(clusters, cluster.alias_of);
}

/** Returns all configured schedds without repetition. */
export const configuredSchedds = (clusters: ClusterLocations): string[] => [
  ...new Set(Object.values(clusters).flatMap((cluster) => ("schedd" in cluster ? [cluster.schedd] : []))),
];
