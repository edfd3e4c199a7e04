import { z } from "zod";
import { epochSeconds, orNull } from "./schemaParts.js";
import { invalid, type WmsError } from "./wmsError.js";

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

/** Most locations that an error names, and their length together: a reason phrase has at most 500 characters. */
const MAX_NAMED_LOCATIONS = 20;
const MAX_NAMED_CHARS = 300;

/**
 * Creates the 400 for an unknown cluster location, which names the valid ones. Existing clients match the text up to the
 * location.
 *
 * @param field the path of the location in the request: `cluster_location`
 */
export function unknownLocation(clusters: ClusterLocations, field: string, location: string): WmsError {
  const names = Object.keys(clusters).sort();
  const named: string[] = [];
  let chars = 0;
  for (const name of names.slice(0, MAX_NAMED_LOCATIONS)) {
    chars += name.length + 2;
    if (named.length > 0 && chars > MAX_NAMED_CHARS) break;
    named.push(name);
  }
  const omitted = names.length - named.length;
  const valid = names.length === 0 ? "none" : named.join(", ") + (omitted === 0 ? "" : `, and ${omitted} more`);
  return invalid(`${field}: condor cluster location not found: ${location}; valid: ${valid}`);
}

/** A configured cluster location, and whether a TMS serves it. */
export const locationSchema = z
  .strictObject({
    location: z.string().meta({ description: "What a request gives as cluster location." }),
    alias_of: orNull(z.string(), "The location of which this one is another name; null: it is no alias."),
    schedd: z.string().meta({ description: "The access point that runs its taskforces." }),
    last_poll: orNull(epochSeconds, "When a TMS last polled there, to a few seconds; null when no poll is known."),
    is_polling: z.boolean().meta({ description: "False: the last poll is too long ago, taskforces would wait." }),
  })
  .meta({ id: "ClusterLocation", description: "A cluster location that a request may name." });

/** A cluster location as the API shows it. */
export type LocationState = z.infer<typeof locationSchema>;

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
