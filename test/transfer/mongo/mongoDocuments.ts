import { newTaskforceUuid, newTaskId, newWorkflowId } from "../../../src/domain/ids.js";
import type { Phase } from "../../../src/domain/phases.js";
import type { CollectionDocument, CollectionName } from "../../../src/transfer/mongo/groupByWorkflow.js";
import { COLLECTIONS } from "../../../src/transfer/mongo/groupByWorkflow.js";
import type { MongoDocument, WorkflowDocuments } from "../../../src/transfer/mongo/mongoDocument.js";
import { WORKER_CONFIG } from "../../processes/workflowRequestJson.js";

/** Documents of a workflow whose existence is certain. */
export interface StoredDocuments extends WorkflowDocuments {
  workflow: MongoDocument;
}

/** The phases through which the existing service leads a taskforce before one. */
const PHASES_BEFORE: Record<Phase, Phase[]> = {
  "pre-mq-activation": [],
  "pre-launch": [],
  "pending-starter": ["pre-launch"],
  "condor-submit": ["pre-launch", "pending-starter"],
  "pending-stopper": ["pre-launch", "pending-starter", "condor-submit"],
  "condor-rm": ["pre-launch", "pending-starter", "condor-submit", "pending-stopper"],
  "condor-complete": ["pre-launch", "pending-starter", "condor-submit"],
};

const SUBMITTED: readonly Phase[] = ["condor-submit", "pending-stopper", "condor-rm", "condor-complete"];

/**
 * The documents that the existing service stores for a workflow with one taskforce in each of some phases.
 *
 * @param created epoch seconds
 * @param schedd of all taskforces
 */
export function makeDocuments(phases: readonly Phase[], created = 1_700_000_000.125, schedd = "ap"): StoredDocuments {
  const workflow_id = newWorkflowId(created);
  const isDeactivated = phases.includes("pending-stopper") || phases.includes("condor-rm");
  const workflow = {
    workflow_id,
    timestamp: created,
    priority: 50,
    deactivated: isDeactivated ? "ABORTED" : null,
    deactivated_ts: isDeactivated ? created + 50.5 : null,
  };
  const task_id = newTaskId(workflow_id);
  const directive = {
    task_id,
    workflow_id,
    cluster_locations: ["here"],
    task_image: "image:1",
    task_args: "--x",
    task_env: { A: "1" },
    init_image: "",
    init_args: "",
    init_env: {},
    timestamp: created + 0.001,
    input_queues: ["q-in"],
    output_queues: ["q-out"],
  };
  const taskforces = phases.map((phase, index) => {
    const timestamp = created + 0.002 + index / 1024;
    const entered = [...PHASES_BEFORE[phase], ...(phase === "pre-mq-activation" ? [] : [phase])];
    const isSubmitted = SUBMITTED.includes(phase);
    return {
      taskforce_uuid: newTaskforceUuid(task_id),
      task_id,
      workflow_id,
      timestamp,
      priority: 50,
      collector: null,
      schedd,
      n_workers: 4,
      pilot_config: { tag: "1.2.3", image_source: "cvmfs", environment: { N: 1, L: ["a"] }, input_files: ["/in"] },
      worker_config: WORKER_CONFIG,
      cluster_id: isSubmitted ? 5000 + index : null,
      submit_dict: isSubmitted ? { queue: 4, executable: "pilot.sh" } : {},
      job_event_log_fpath: isSubmitted ? `/logs/${index}.log` : "",
      phase,
      phase_change_log: entered.map((target_phase, step) => ({
        target_phase,
        timestamp: timestamp + 10 * (step + 1),
        was_successful: true,
        source_event_time: null,
        source_entity: "Taskforce Launch Control",
        context: "",
      })),
      compound_statuses: isSubmitted ? { RUNNING: { Tasking: 3 }, "HELD: no memory": { null: 1 } } : {},
      top_task_errors: phase === "condor-complete" ? { "exit code 1": 2 } : {},
    };
  });
  return { workflow, directives: [directive], taskforces };
}

/** Documents by collection, as a database holds them, with the ids of MongoDB. */
export function byCollection(workflows: readonly StoredDocuments[]): Record<CollectionName, MongoDocument[]> {
  return {
    WorkflowColl: workflows.map(({ workflow }) => workflow),
    TaskDirectiveColl: workflows.flatMap(({ directives }) => directives),
    TaskforceColl: workflows.flatMap(({ taskforces }) => taskforces),
  };
}

/** The same one by one, collection after collection. */
export function* documentsOf(workflows: readonly StoredDocuments[]): Generator<CollectionDocument> {
  const collections = byCollection(workflows);
  for (const collection of Object.keys(COLLECTIONS) as CollectionName[])
    for (const document of collections[collection]) yield { collection, document };
}
