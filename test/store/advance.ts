import type { TaskforceUuid } from "../../src/domain/ids.js";
import type { PhaseLogEntry } from "../../src/store/records.js";
import type { PhaseStep, Transitions } from "../../src/store/transitions.js";

/** Moves taskforces of one workflow forward by one phase, which need not follow theirs. @returns those that moved */
export async function advanceMany(
  transitions: Transitions,
  uuids: readonly TaskforceUuid[],
  from: PhaseStep["from"],
  to: string,
  entry: PhaseLogEntry,
): Promise<TaskforceUuid[]> {
  const { moved } = await transitions.advance(uuids, [{ from, to, entry } as PhaseStep]);
  return moved.flat();
}

/** Moves one taskforce as {@link advanceMany} does. @returns whether it moved */
export const advance = async (
  transitions: Transitions,
  uuid: TaskforceUuid,
  ...step: [from: PhaseStep["from"], to: string, entry: PhaseLogEntry]
): Promise<boolean> => (await advanceMany(transitions, [uuid], ...step)).length === 1;
