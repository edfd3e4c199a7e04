import { compoundStatuses, NOW, PENDING, summary, topTaskErrors, WORKFLOW_ID } from "./exampleObjects.js";

const noWorkers = { working: 0, starting: 0, idle: 0, done: 0, failed: 0, held: 0, removed: 0, other: 0 };

/** The history of the workflow of the examples. */
export const workflowHistory = {
  workflow_id: WORKFLOW_ID,
  interval: 30,
  samples: [
    {
      timestamp: Math.floor(PENDING),
      workers: noWorkers,
      taskforces_by_phase: { "pending-starter": 2 },
      n_completed: 0,
      n_errors: 0,
    },
    {
      timestamp: Math.floor(NOW),
      workers: { ...noWorkers, working: compoundStatuses.RUNNING.Tasking, idle: compoundStatuses.IDLE.null },
      taskforces_by_phase: summary.taskforces_by_phase,
      n_completed: 0,
      n_errors: Object.values(topTaskErrors).reduce((a, b) => a + b),
    },
  ],
};
