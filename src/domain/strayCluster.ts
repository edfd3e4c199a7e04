import { z } from "zod";
import { count, epochSeconds, orNull } from "./schemaParts.js";

/** Why the report of a submission was rejected. */
export const STRAY_REASONS = ["unknown taskforce", "no longer pending-starter"] as const;

/** The newest stray clusters are kept, so that reports of unknown taskforces do not fill Redis. */
export const MAX_STRAY_CLUSTERS = 1000;

/** An HTCondor cluster whose report was rejected. */
export const strayClusterSchema = z
  .strictObject({
    id: z.string().meta({ description: "Identifies the entry." }),
    schedd: orNull(z.string(), "The access point of the taskforce; null when the taskforce is unknown."),
    cluster_id: count("The HTCondor cluster."),
    taskforce_uuid: z.string().meta({ description: "As reported; a long text is cut." }),
    workflow_id: orNull(z.string(), "The workflow in the uuid; null when it is no uuid of a taskforce."),
    reason: z.enum(STRAY_REASONS).meta({ description: "Why the report was rejected." }),
    first_report: epochSeconds.meta({ description: "When it was reported first." }),
    last_report: epochSeconds.meta({ description: "When it was reported last." }),
  })
  .meta({
    id: "StrayCluster",
    description: "A cluster that HTCondor runs although the service rejected its report. An operator must remove it.",
  });

/** @see strayClusterSchema */
export type StrayCluster = z.infer<typeof strayClusterSchema>;
