import { batchesOf } from "../domain/batchesOf.js";
import { groupBy } from "../domain/groupBy.js";
import type { TaskforceUuid } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { TaskforceToQueue } from "../store/transitions.js";
import { createLogEntry, createPhaseChange } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { starterRankOf } from "./handOut.js";

/** Taskforces of one step: few enough that neither Redis nor this process is blocked for long. */
export const LAUNCH_BATCH_TASKFORCES = 100;

/** The two steps of a launch, each with the arguments of its log entry. */
const ACTIVATED = ["pre-launch", true, "activator", PHASE_CHANGE_CONTEXTS.queuesActive] as const;
const LAUNCHED = ["pending-starter", true, "launcher", PHASE_CHANGE_CONTEXTS.ready] as const;

/**
 * Moves taskforces of a workflow with active queues to pending-starter, and adds them to the starter queues of their
 * schedds. Idempotent: a repetition adds those whose first launch was interrupted in between.
 */
export async function launchTaskforces(wms: Wms, uuids: readonly TaskforceUuid[]): Promise<void> {
  for (const batch of batchesOf(uuids, LAUNCH_BATCH_TASKFORCES)) {
    const { reached } = await wms.store.transitions.advance(batch, [
      { from: "pre-mq-activation", to: "pre-launch", entry: createLogEntry(wms, ...ACTIVATED) },
      { from: "pre-launch", to: "pending-starter", entry: createLogEntry(wms, ...LAUNCHED) },
    ]);
    await addToStarterQueues(wms, reached);
  }
}

/** New taskforces in the state after their launch. They are stored in it. */
export function asLaunched(wms: Wms, taskforces: readonly Taskforce[]): Taskforce[] {
  const changes = [createPhaseChange(wms, ...ACTIVATED), createPhaseChange(wms, ...LAUNCHED)];
  return taskforces.map((taskforce) => ({
    ...taskforce,
    phase: "pending-starter",
    phase_change_log: [...taskforce.phase_change_log, ...changes],
  }));
}

/** Adds taskforces to the starter queues of their schedds, in one round trip. */
export async function addToStarterQueues({ queues }: Wms, taskforces: readonly TaskforceToQueue[]): Promise<void> {
  const additions = [...groupBy(taskforces, ({ schedd }) => schedd)].map(([schedd, group]) =>
    queues
      .forSchedd(schedd)
      .starter.add(group.map((taskforce) => ({ id: taskforce.taskforce_uuid, rank: starterRankOf(taskforce) }))),
  );
  await Promise.all(additions);
}
