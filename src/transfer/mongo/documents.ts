import { taskDirectiveSchema } from "../../domain/taskDirective.js";
import { taskforceSchema } from "../../domain/taskforce.js";
import { workflowSchema } from "../../domain/workflow.js";
import type { ExportedTaskforce, ExportedWorkflow, WorkflowExtensions } from "../../store/exportedWorkflow.js";
import { parseWorkflow } from "../exportFormat.js";
import { ExportFormatError } from "../exportFormatError.js";
import type { Reject } from "../importWorkflows.js";
import type { MongoDocument, WorkflowDocuments } from "./mongoDocument.js";
import { DIRECTIVE_RULES, type Rule, TASKFORCE_RULES, WORKFLOW_RULES } from "./rules.js";

/** Times that each rule changed a document, by its name. */
export type RuleCounts = Map<string, number>;

/**
 * Turns the documents of a workflow into one of this service. The rules change the documents.
 *
 * @param counts gets the rules that were applied
 */
export function toExportedWorkflow(
  workflowId: string,
  documents: WorkflowDocuments,
  counts: RuleCounts,
): { workflow: ExportedWorkflow } | { reject: Reject } {
  const reject = (reason: string) => ({
    reject: { place: "MongoDB", workflow_id: workflowId, reason, content: documents },
  });
  const { workflow, directives, taskforces } = documents;
  if (workflow === undefined) return reject("there is no workflow of this id, but parts of one");
  const applied: RuleCounts = new Map();
  const bringUpToDate = (document: MongoDocument, rules: Readonly<Record<string, Rule>>) => {
    for (const [name, rule] of Object.entries(rules))
      if (rule(document, documents)) applied.set(name, (applied.get(name) ?? 0) + 1);
  };
  bringUpToDate(workflow, WORKFLOW_RULES);
  for (const directive of directives) bringUpToDate(directive, DIRECTIVE_RULES);
  for (const taskforce of taskforces) bringUpToDate(taskforce, TASKFORCE_RULES);
  const order = inOrderOf(applied);
  const line = {
    workflow: order(workflow, workflowSchema.shape),
    task_directives: byCreation(directives, "task_id").map((each) => order(each, taskDirectiveSchema.shape)),
    taskforces: byCreation(taskforces, "taskforce_uuid").map((each) => order(each, taskforceSchema.shape)),
    extensions: { workflow: {}, taskforces: {}, mq_profiles: {}, deactivating: false },
  };
  try {
    const parsed = parseWorkflow(line);
    for (const [name, count] of applied) counts.set(name, (counts.get(name) ?? 0) + count);
    return { workflow: { ...parsed, extensions: extensionsOf(parsed) } };
  } catch (error) {
    if (error instanceof ExportFormatError) return reject(error.message);
    throw error;
  }
}

/** Orders the fields of a document as this service does, and drops those that it does not know. */
const inOrderOf =
  (applied: RuleCounts) =>
  (document: MongoDocument, shape: object): MongoDocument => {
    const names = Object.keys(shape);
    const unknown = Object.keys(document).filter((name) => name !== "_id" && !names.includes(name));
    for (const name of unknown) {
      const rule = `unknown field dropped: ${name}`;
      applied.set(rule, (applied.get(rule) ?? 0) + 1);
    }
    return Object.fromEntries(names.map((name) => [name, document[name]]));
  };

/** In the order in which this service returns them: creation time, then id. */
const byCreation = (documents: readonly MongoDocument[], id: string): MongoDocument[] =>
  documents.toSorted(
    (one, other) =>
      Number(one["timestamp"]) - Number(other["timestamp"]) || (String(one[id]) < String(other[id]) ? -1 : 1),
  );

/** What this service knows of a workflow besides the documents. */
function extensionsOf({ workflow, task_directives, taskforces }: ExportedWorkflow): WorkflowExtensions {
  const queues = new Set(
    task_directives.flatMap(({ input_queues, output_queues }) => [...input_queues, ...output_queues]),
  );
  // The taskforces of a workflow leave this phase together, when its queues are active.
  const isActivated = queues.size === 0 || taskforces.some(wasActivated);
  return {
    workflow: { n_queues: String(queues.size), ...(isActivated && { mq_activated: "1" }) },
    taskforces: Object.fromEntries(
      taskforces.map((taskforce) => [taskforce.taskforce_uuid, taskforceExtensions(taskforce, workflow.deactivated)]),
    ),
    mq_profiles: {},
    // The existing service stops all taskforces of a workflow in the same step.
    deactivating: false,
  };
}

const wasActivated = ({ phase, phase_change_log }: ExportedTaskforce): boolean =>
  !["pre-mq-activation", "pending-stopper"].includes(phase) ||
  phase_change_log.some(({ target_phase, was_successful }) => was_successful && target_phase === "pre-launch");

function taskforceExtensions(
  { phase, phase_change_log: log, timestamp }: ExportedTaskforce,
  deactivated: unknown,
): Record<string, string> {
  const entered = log.findLast(({ target_phase, was_successful }) => was_successful && target_phase === phase);
  return {
    since: JSON.stringify(entered?.timestamp ?? timestamp),
    ...(deactivated !== null && { stopped: "1" }),
  };
}
