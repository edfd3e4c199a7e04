import { z } from "zod";
import type { TaskforceUuid, WorkflowId } from "./ids.js";
import { PHASES, type Phase } from "./phases.js";
import { epochSeconds, orNull } from "./schemaParts.js";
import { summaryEventDataSchema } from "./summary.js";
import { DEACTIVATIONS, type Deactivation } from "./workflow.js";

/** A stored event about a workflow. Times are epoch seconds. */
export type WorkflowEvent =
  /** The same entry was appended to the `phase_change_log` of some taskforces. */
  | {
      kind: "phase";
      workflow: WorkflowId;
      taskforces: TaskforceUuid[];
      /** The entry's `target_phase`; the taskforces are in it if `ok`. */
      phase: Phase;
      /** Null for new taskforces. */
      from: Phase | null;
      at: number;
      ok: boolean;
      schedd: string;
    }
  /** The summary was updated. */
  | { kind: "summary"; workflow: WorkflowId }
  | { kind: "deactivated"; workflow: WorkflowId; deactivated: Deactivation; at: number }
  | { kind: "created"; workflow: WorkflowId; at: number };

const workflow_id = z.string().meta({ description: "The workflow of the event." });
const timestamp = epochSeconds.meta({ description: "When it happened, in epoch seconds." });

/** The data of the event `phase` on the wire. */
export const phaseEventSchema = z
  .strictObject({
    workflow_id,
    task_id: z.string().meta({ description: "The task directive that the taskforce runs." }),
    taskforce_uuid: z.string().meta({ description: "The taskforce." }),
    phase: z.enum(PHASES).meta({ description: "The phase that was to be reached." }),
    from: orNull(z.enum(PHASES), "The phase it was in; null for a new taskforce."),
    timestamp: timestamp.meta({ description: "When the attempt was recorded, in epoch seconds." }),
    was_successful: z.boolean().meta({ description: "Whether the phase changed." }),
    schedd: z.string().meta({ description: "The HTCondor access point." }),
  })
  .meta({ id: "PhaseEvent", description: "An entry was appended to a taskforce's phase_change_log." });

/** The data of the event `summary`. */
export const summaryEventSchema = summaryEventDataSchema
  .extend({ workflow_id })
  .meta({ id: "SummaryEvent", description: "The workflow's summary was updated." });

/** The data of the event `deactivated`. */
export const deactivatedEventSchema = z
  .strictObject({
    workflow_id,
    deactivated: z.enum(DEACTIVATIONS).meta({ description: "Why the workflow no longer runs." }),
    timestamp,
  })
  .meta({ id: "DeactivatedEvent", description: "The workflow was aborted or finished." });

/** The data of the event `created`. */
export const createdEventSchema = z
  .strictObject({ workflow_id, timestamp })
  .meta({ id: "CreatedEvent", description: "The workflow was created, with its task directives and taskforces." });

/** The data of the event `gap`. */
export const gapEventSchema = z.strictObject({}).meta({
  id: "GapEvent",
  description: "The events after the given id are no longer stored: read the state again, then follow the stream.",
});
