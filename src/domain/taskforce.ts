import { z } from "zod";
import type { TaskforceUuid, TaskId, WorkflowId } from "./ids.js";
import { PHASES, type Phase, type PhaseChange } from "./phases.js";
import {
  anyValueOf,
  arrayValue,
  epochSeconds,
  integer,
  integerValue,
  mapOf,
  mapValue,
  orNull,
  textValue,
  uniqueArray,
} from "./schemaParts.js";

/** The pattern in the OpenAPI document, which is anchored on one side only. {@link TAG_PATTERN} validates the tags. */
const PILOT_TAG_PATTERN = "^([0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})|(latest)|([a-z0-9._-]+-[a-z0-9]{1,128})$";

const textOrInteger = anyValueOf(textValue, integerValue);

/** Configuration of the pilot, the program that feeds events to the task's container. */
export const pilotConfigSchema = z
  .strictObject({
    tag: z.string().meta({
      pattern: PILOT_TAG_PATTERN,
      description: "Tag of the pilot's image: X.Y.Z, latest (the highest X.Y.Z), or a branch tag.",
    }),
    image_source: z.enum(["cvmfs", "auto"]).meta({ description: "Where the image comes from; stored as cvmfs." }),
    environment: mapOf(anyValueOf(textOrInteger, arrayValue(textValue, 1)), {
      description: "Environment of the pilot.",
    }),
    input_files: uniqueArray(z.string(), {
      description: "Files on the access point that the container may read.",
    }),
  })
  .meta({ description: "Set-up of the EWMS pilot." });

const sizeSchema = (description: string) => z.union([z.string(), integer()]).meta({ description });

/** Resources of each HTCondor worker of a taskforce. */
export const workerConfigSchema = z
  .strictObject({
    do_transfer_worker_stdouterr: z
      .boolean()
      .meta({ description: "Whether stdout and stderr come back to the access point." }),
    max_worker_runtime: integer().meta({ description: "Seconds after which HTCondor ends a worker." }),
    n_cores: integer().meta({ description: "Cores for each worker." }),
    priority: integer().meta({ description: "Priority of the HTCondor submission." }),
    worker_disk: sizeSchema("Disk for each worker, in HTCondor's notation."),
    worker_memory: sizeSchema("Memory for each worker, in HTCondor's notation."),
    condor_requirements: z.string().meta({ description: "HTCondor's requirements expression." }),
  })
  .meta({ description: "What each HTCondor worker asks for." });

/** HTCondor status → pilot status → number of workers. The TMS chooses the keys. */
export const compoundStatusesValue = mapValue(mapValue(integerValue));
/** Error text → count. */
export const topTaskErrorsValue = mapValue(integerValue);

/** Number of workers. */
export const nWorkersSchema = orNull(integer(), "Workers in the HTCondor cluster.");

const submitParts = {
  cluster_id: orNull(integer(), "The HTCondor cluster; null before condor-submit."),
  submit_dict: mapOf(textOrInteger, { description: "What was given to condor_submit." }),
  job_event_log_fpath: z.string().meta({ description: "The HTCondor job event log on the access point." }),
};

/**
 * The required fields of a condor-submit report. It is validated after {@link taskforceSchema}, which the OpenAPI document
 * shows.
 */
export const submitReportSchema = z.object({ ...submitParts, cluster_id: integer(), n_workers: integer() });

const phaseChangeSchema = z.strictObject({
  target_phase: z.string().meta({ description: "The phase that was to be reached." }),
  timestamp: epochSeconds.meta({ description: "When the attempt was recorded, in epoch seconds." }),
  was_successful: z.boolean().meta({ description: "Whether the phase changed." }),
  source_event_time: orNull(epochSeconds, "When the cause happened, where it is known."),
  source_entity: z.string().meta({ description: "Who or what caused the attempt." }),
  context: z.string().meta({ description: "Why it was made, or why it failed." }),
});

/** A taskforce in JSON. No field is required, because a query's projection may leave out any field. */
export const taskforceSchema = z
  .strictObject({
    taskforce_uuid: z.string().meta({ description: "TF-<task id without TK->-<8 hex>." }),
    task_id: z.string().meta({ description: "The task directive that it runs." }),
    workflow_id: z.string().meta({ description: "The workflow it belongs to." }),
    timestamp: epochSeconds.meta({ description: "When the taskforce was created, in epoch seconds." }),
    priority: integer().meta({ description: "Higher is handed out first." }),
    collector: orNull(z.string().meta({ deprecated: true }), "Deprecated, always null."),
    schedd: z.string().meta({ description: "The HTCondor access point." }),
    n_workers: nWorkersSchema,
    pilot_config: pilotConfigSchema,
    worker_config: workerConfigSchema,
    ...submitParts,
    phase: z.enum(PHASES).meta({ description: "Where the taskforce stands." }),
    phase_change_log: z
      .array(phaseChangeSchema)
      .meta({ description: "Attempts to change the phase, oldest first; of many, the first and the newest." }),
    compound_statuses: mapOf(mapValue(integerValue), {
      description: "Workers by HTCondor status and pilot status.",
    }),
    top_task_errors: mapOf(integerValue, { description: "The most frequent errors and their counts; at most 1,000." }),
  })
  .partial()
  .meta({ id: "TaskforceObject", description: "One HTCondor cluster of workers for a task directive." });

/** A projected taskforce. Dotted names select fields of its objects. */
export const projectedTaskforceSchema = z
  .strictObject({
    ...taskforceSchema.shape,
    pilot_config: pilotConfigSchema.partial(),
    worker_config: workerConfigSchema.partial(),
    phase_change_log: z.array(phaseChangeSchema.partial()),
  })
  .partial()
  .meta({ id: "ProjectedTaskforce", description: "Parts of a taskforce that a projection named." });

/** @see pilotConfigSchema */
export type PilotConfig = z.infer<typeof pilotConfigSchema>;
/** HTCondor status → pilot status → number of workers. */
export type CompoundStatuses = Record<string, Record<string, number>>;
/** Error text → count. */
export type TopTaskErrors = Record<string, number>;

/** The fields of a taskforce that its creation sets. Times are epoch seconds. */
interface NewTaskforce {
  taskforce_uuid: TaskforceUuid;
  task_id: TaskId;
  workflow_id: WorkflowId;
  timestamp: number;
  priority: number;
  schedd: string;
  n_workers: number;
  pilot_config: PilotConfig;
  worker_config: z.infer<typeof workerConfigSchema>;
}

/** A complete taskforce. */
export interface Taskforce extends NewTaskforce {
  collector: null;
  /** Null before condor-submit. */
  cluster_id: number | null;
  submit_dict: Record<string, string | number>;
  /** Empty before condor-submit. */
  job_event_log_fpath: string;
  phase: Phase;
  phase_change_log: PhaseChange[];
  compound_statuses: CompoundStatuses;
  top_task_errors: TopTaskErrors;
}

/** Builds a new taskforce. @param firstLogEntry sets its phase */
export const buildUnstartedTaskforce = (fields: NewTaskforce, firstLogEntry: PhaseChange): Taskforce => ({
  taskforce_uuid: fields.taskforce_uuid,
  task_id: fields.task_id,
  workflow_id: fields.workflow_id,
  timestamp: fields.timestamp,
  priority: fields.priority,
  collector: null,
  schedd: fields.schedd,
  n_workers: fields.n_workers,
  pilot_config: fields.pilot_config,
  worker_config: fields.worker_config,
  cluster_id: null,
  submit_dict: {},
  job_event_log_fpath: "",
  phase: firstLogEntry.target_phase,
  phase_change_log: [firstLogEntry],
  compound_statuses: {},
  top_task_errors: {},
});

/** A condor-submit report of the TMS. */
export type SubmitReport = z.infer<typeof submitReportSchema>;

/** A well-formed tag: `X.Y.Z`, `latest`, or a branch tag that ends in `-<hash or name>`. */
const TAG_PATTERN = /^(?:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|latest|[a-z0-9._-]+-[a-z0-9]{1,128})$/;
const RELEASE_PATTERN = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const IMAGE_PREFIX = "ewms-pilot:";

/** Drops the `v` of `v1.2.3`, which tags of images do not have. */
export const normalizeTag = (tag: string): string => tag.replace(/^v(?=\d)/, "");

/** Whether a normalized tag is well-formed. */
export const isWellFormedTag = (tag: string): boolean => TAG_PATTERN.test(tag);

const releaseNumber = (tag: string): number => {
  const [, major = 0, minor = 0, patch = 0] = RELEASE_PATTERN.exec(tag) ?? [];
  return Number(major) * 1_000_000 + Number(minor) * 1_000 + Number(patch);
};

/**
 * Lists the tags that a requested tag may stand for, the best first: itself, then for `latest` all releases from the highest
 * one on.
 *
 * @param tag normalized and well-formed
 * @param listing file names in the image directory
 */
export function pilotTagCandidates(tag: string, listing: readonly string[]): string[] {
  const tags = listing.flatMap((entry) => (entry.startsWith(IMAGE_PREFIX) ? [entry.slice(IMAGE_PREFIX.length)] : []));
  const itself = tags.includes(tag) ? [tag] : [];
  if (tag !== "latest") return itself;
  const releases = tags.filter((candidate) => RELEASE_PATTERN.test(candidate));
  return [...itself, ...releases.sort((one, other) => releaseNumber(other) - releaseNumber(one))];
}

/** The file name of a pilot image. */
export const pilotImageName = (tag: string): string => `${IMAGE_PREFIX}${tag}`;

/** The highest priority of a workflow. */
const MAX_PRIORITY = 100;
/** Added to the taskforces of add-workers, so that they are handed out before all others. */
export const ADD_WORKERS_BOOST = 100;

/** The highest priority a taskforce can have. */
export const MAX_TASKFORCE_PRIORITY = MAX_PRIORITY + ADD_WORKERS_BOOST;

/** The priority of a workflow whose request names none. */
export const DEFAULT_PRIORITY = 50;

/** Returns the stored priority of a request. */
export const normalizePriority = (requested = DEFAULT_PRIORITY): number => Math.min(requested, MAX_PRIORITY);
