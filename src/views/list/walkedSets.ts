import { allEntitiesKey, indexKey, type SortedBy, sortedWorkflowsKey } from "../../store/keys.js";

/** A sorted set of workflows: all, those with one value of an indexed field, or those sorted by something else. */
export type WorkflowSet = "all" | { readonly field: string; readonly value: string } | { readonly by: SortedBy };

/** The key of a set in a partition. */
export function keyOfSet(partition: number, set: WorkflowSet): string {
  if (set === "all") return allEntitiesKey(partition, "workflow");
  return "by" in set ? sortedWorkflowsKey(partition, set.by) : indexKey(partition, "workflow", set.field, set.value);
}

/** Workflows with one value of an indexed field. */
export const indexed = (field: string, value: string): WorkflowSet => ({ field, value });

/** Whether the scores of a set are creation times. */
export const isByCreation = (set: WorkflowSet): boolean => set === "all" || "field" in set;
