import { newTaskId, newWorkflowId } from "../../src/domain/ids.js";
import type { TaskDirective } from "../../src/domain/taskDirective.js";
import { newTaskforce } from "../../src/lifecycle/create.js";
import type { WholeWorkflow } from "../../src/store/creation.js";
import { WORKER_CONFIG } from "../processes/workflowRequestJson.js";

/** A workflow with the given number of tasks, each with one taskforce. */
export function makeWholeWorkflow(tasks: number): WholeWorkflow {
  const workflow_id = newWorkflowId(1_700_000_000);
  const task_directives = Array.from({ length: tasks }, (): TaskDirective => {
    return {
      task_id: newTaskId(workflow_id),
      workflow_id,
      cluster_locations: ["here"],
      task_image: "image",
      task_args: "",
      task_env: {},
      init_image: "",
      init_args: "",
      init_env: {},
      timestamp: 1_700_000_000,
      input_queues: [],
      output_queues: [],
    };
  });
  const taskforces = task_directives.map(({ task_id }) =>
    newTaskforce({
      workflow_id,
      task_id,
      schedd: "ap",
      priority: 50,
      n_workers: 1,
      pilot_config: { tag: "1.0.0", image_source: "cvmfs", environment: {}, input_files: [] },
      worker_config: WORKER_CONFIG,
      source_entity: "USER",
      context: "Created",
    }),
  );
  const workflow = {
    workflow_id,
    timestamp: 1_700_000_000,
    priority: 50,
    deactivated: null,
    deactivated_ts: null,
  };
  return { workflow, task_directives, taskforces };
}
