import { z } from "zod";
import { PHASES } from "./phases.js";
import { count, epochSeconds, phaseMap } from "./schemaParts.js";
import type { WorkflowSummary } from "./summary.js";
import { countWorkersByKind, WORKER_KINDS, type WorkerKind } from "./workerKinds.js";

/** A workflow's state at one time. It lasted until the next sample. */
export interface HistorySample {
  /** Whole epoch seconds. */
  timestamp: number;
  /** Of the {@link HISTORY_FIELDS}, in their order: integers from 0 to {@link MAX_HISTORY_VALUE}. */
  values: readonly number[];
}

/** Samples of a workflow over its life, oldest first. */
export interface History {
  /** Minimum seconds between two samples, except the newest. */
  intervalSeconds: number;
  samples: readonly HistorySample[];
}

/**
 * What a sample holds: workers by kind, errors, taskforces by phase. Stored data depends on the order. The fields that
 * change most often are first, because their changes take the least memory.
 */
export const HISTORY_FIELDS = [...WORKER_KINDS.slice(0, 5), "errors", ...WORKER_KINDS.slice(5), ...PHASES] as const;

/** Larger numbers, which the TMS may report, are cut. Differences of such numbers are exact in a double, twice as well. */
export const MAX_HISTORY_VALUE = 2 ** 50;
/** Samples of a history. With more, every second one is dropped. */
export const MAX_HISTORY_SAMPLES = 400;
const FIRST_INTERVAL_SECONDS = 30;

/** The history of a workflow without samples. */
export const EMPTY_HISTORY: History = { intervalSeconds: FIRST_INTERVAL_SECONDS, samples: [] };

/** The sample that a summary stands for. */
export function toHistorySample(summary: WorkflowSummary): HistorySample {
  const errors = Object.values(summary.top_task_errors).reduce((sum, n) => sum + n, summary.n_failed_attempts);
  const byField: Partial<Record<string, number>> = {
    ...countWorkersByKind(summary.compound_statuses),
    ...summary.taskforces_by_phase,
    errors,
  };
  const values = HISTORY_FIELDS.map((field) => Math.min(MAX_HISTORY_VALUE, Math.max(0, byField[field] ?? 0)));
  return { timestamp: Math.floor(summary.updated), values };
}

/**
 * Adds a sample. It replaces the last one if both are within one interval, so that the newest state is never missing.
 *
 * @returns undefined when nothing has changed since the last sample
 */
export function addSample(
  { intervalSeconds, samples }: History,
  { timestamp, values }: HistorySample,
): History | undefined {
  const [before, last] = [samples.at(-2), samples.at(-1)];
  if (last === undefined) return { intervalSeconds, samples: [{ timestamp, values }] };
  if (values.every((value, index) => value === last.values[index])) return undefined;
  // Another worker process may have a slower clock.
  const added = { timestamp: Math.max(timestamp, last.timestamp), values };
  const isLastKept =
    before === undefined ||
    last.timestamp - before.timestamp >= intervalSeconds ||
    added.timestamp - last.timestamp >= intervalSeconds;
  const grown = { intervalSeconds, samples: [...(isLastKept ? samples : samples.slice(0, -1)), added] };
  return grown.samples.length > MAX_HISTORY_SAMPLES ? thinHistory(grown) : grown;
}

/** Drops every second sample, but neither the first nor the last one. */
export const thinHistory = ({ intervalSeconds, samples }: History): History => ({
  intervalSeconds: 2 * intervalSeconds,
  samples: samples.filter((_, index) => index % 2 === 0 || index === samples.length - 1),
});

/**
 * The running workers at equally distant times from the first sample on.
 *
 * @param untilSeconds the last of these times, in epoch seconds
 * @returns empty without samples
 */
export function runningOverTime({ samples }: History, untilSeconds: number, count: number): number[] {
  const [first] = samples;
  if (first === undefined) return [];
  const stepSeconds = Math.max(0, untilSeconds - first.timestamp) / Math.max(1, count - 1);
  const indexes = RUNNING_KINDS.map((kind) => HISTORY_FIELDS.indexOf(kind));
  let index = 0;
  return Array.from({ length: count }, (_, n) => {
    const atSeconds = first.timestamp + n * stepSeconds;
    while ((samples[index + 1]?.timestamp ?? Number.POSITIVE_INFINITY) <= atSeconds) index++;
    return indexes.reduce((sum, field) => sum + (samples[index]?.values[field] ?? 0), 0);
  });
}

/** The kinds of workers that HTCondor runs. */
const RUNNING_KINDS = ["working", "starting"] as const satisfies readonly WorkerKind[];

const sampleSchema = z.strictObject({
  timestamp: epochSeconds.meta({ description: "When the state began. It lasted until the next sample." }),
  workers: z
    .strictObject(Object.fromEntries(WORKER_KINDS.map((kind) => [kind, z.int()])) as Record<WorkerKind, z.ZodInt>)
    .meta({
      description:
        "Workers by kind: working (RUNNING and Tasking), starting (RUNNING otherwise), idle, held, done (COMPLETED), " +
        "failed (COMPLETED with an error), removed, other.",
    }),
  taskforces_by_phase: phaseMap(z.int(), "Taskforces by phase; phases without taskforces are left out."),
  n_completed: count("Workers that have completed without an error, up to now."),
  n_errors: count("Errors of tasks and failed attempts, up to now."),
});

/** The schema of a {@link HistoryResponse}. */
export const historySchema = z
  .strictObject({
    workflow_id: z.string(),
    interval: z.int().meta({ description: "Seconds between samples while the workflow changes." }),
    samples: z.array(sampleSchema).meta({ description: `Oldest first, at most ${MAX_HISTORY_SAMPLES}.` }),
  })
  .meta({ id: "WorkflowHistory", description: "The states of a workflow over its life." });

/** A history in a response. */
export type HistoryResponse = z.infer<typeof historySchema>;

/** The form of a history in a response. @param workflow_id as the caller knows it */
export const toHistoryResponse = (workflow_id: string, { intervalSeconds, samples }: History): HistoryResponse => ({
  workflow_id,
  interval: intervalSeconds,
  samples: samples.map(({ timestamp, values }) => {
    const numberOf = (field: (typeof HISTORY_FIELDS)[number]) => values[HISTORY_FIELDS.indexOf(field)] ?? 0;
    return {
      timestamp,
      workers: Object.fromEntries(WORKER_KINDS.map((kind) => [kind, numberOf(kind)])) as Record<WorkerKind, number>,
      taskforces_by_phase: Object.fromEntries(
        PHASES.map((phase) => [phase, numberOf(phase)] as const).filter(([, n]) => n > 0),
      ),
      n_completed: numberOf("done"),
      n_errors: numberOf("errors"),
    };
  }),
});
