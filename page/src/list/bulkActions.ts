import { fetchAnnotations, postDeactivation, putAnnotations } from "../api/apiRequests.ts";
import type { Annotations, ShownAnnotations, WorkflowDigest } from "../api/apiTypes.ts";

/** What became of each workflow of an action. */
export interface BulkOutcome {
  done: readonly WorkflowDigest[];
  failed: readonly { row: WorkflowDigest; error: string }[];
  /** Takes the changes back, if that is possible. */
  undo?: () => Promise<void>;
}

/** Runs an action on one workflow after the other. A failure does not end it. */
async function runOnEach(
  rows: readonly WorkflowDigest[],
  act: (row: WorkflowDigest) => Promise<unknown>,
): Promise<BulkOutcome> {
  const done: WorkflowDigest[] = [];
  const failed: { row: WorkflowDigest; error: string }[] = [];
  for (const row of rows)
    await act(row).then(
      () => done.push(row),
      ({ message }: Error) => failed.push({ row, error: message }),
    );
  return { done, failed };
}

/** Aborts or finishes workflows. */
export const deactivateAll = (rows: readonly WorkflowDigest[], action: "abort" | "finished"): Promise<BulkOutcome> =>
  runOnEach(rows, ({ workflow_id }) => postDeactivation(workflow_id, action));

/** Adds a label to workflows, or replaces its value. */
export async function labelAll(rows: readonly WorkflowDigest[], key: string, value: string): Promise<BulkOutcome> {
  const before = new Map<string, Annotations>();
  const outcome = await runOnEach(rows, async ({ workflow_id }) => {
    const annotations = toAnnotations(await fetchAnnotations(workflow_id));
    await putAnnotations(workflow_id, { ...annotations, labels: { ...annotations.labels, [key]: value } });
    before.set(workflow_id, annotations);
  });
  const undo = async () => {
    for (const [id, annotations] of before) await putAnnotations(id, annotations);
  };
  return { ...outcome, undo };
}

const toAnnotations = ({ name, labels, note }: ShownAnnotations): Annotations => ({ name, labels, note });
