import type {
  Taskforce as ApiTaskforce,
  ByPhase,
  FailedAttempt,
  Phase,
  Summary,
  TaskDirective,
  TaskSummary,
  Workflow,
} from "../../../client/src/apiTypes.js";
import type { components } from "../../../client/src/schema.js";
import type { EventData } from "../../../client/src/watchEvents.js";
import type { CompoundStatuses } from "../../../client/src/workers.js";

/* Responses of the API, as far as the page reads them. Times are epoch seconds, durations seconds. */
export type {
  ByPhase,
  CompoundStatuses,
  EventData,
  FailedAttempt,
  Phase,
  Summary,
  TaskDirective,
  TaskSummary,
  Workflow,
};

type Schemas = components["schemas"];

/** The end of a workflow. */
export type Deactivation = NonNullable<Workflow["deactivated"]>;
/** One attempt to change a taskforce's phase. */
export type PhaseChange = { target_phase: Phase } & Pick<
  ApiTaskforce["phase_change_log"][number],
  "timestamp" | "was_successful"
>;
/** A taskforce with the fields of its log that the timeline shows. */
export type Taskforce = Omit<ApiTaskforce, "phase_change_log"> & { phase_change_log: PhaseChange[] };
/** Error text → count. */
export type ErrorCounts = Summary["top_task_errors"];
/** The sums over the taskforces of a task, or of a whole workflow. */
export type TaskforceSums = Omit<TaskSummary, "task_id" | "task_image">;

/** A queue; with its contents only in the response about one schedd. */
export type QueueState = Schemas["QueueState"] & Partial<Schemas["QueueContents"]>;
/** A schedd and its two queues. */
export type Schedd = Omit<Schemas["ScheddState"], "starter" | "stopper"> & {
  starter: QueueState;
  stopper: QueueState;
};

/** A message queue that the user's own programs access. */
export interface PublicQueue {
  mqid: string;
  alias: string;
}
