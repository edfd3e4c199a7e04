import { hrefOf } from "./basePath.ts";

/** What the view of a workflow shows, as in the query string. */
export interface WorkflowSelection {
  /** The task to which all cards are narrowed. */
  task: string | undefined;
  /** Whether they also show the tasks that share a node of the graph with it. */
  withAlike: boolean;
  /** The access point to which all cards are narrowed. */
  schedd: string | undefined;
  /** By what the workers are broken down. */
  by: BreakdownKind;
  /** The taskforce whose details are open. */
  taskforce: string | undefined;
}

/** By what the workers of a workflow are broken down. */
export type BreakdownKind = "task" | "schedd" | "taskforce";

/** Parses a query string: `task=TK-…&alike=true&schedd=…&by=schedd&taskforce=TF-…`. */
export function parseSelection(queryString: string): WorkflowSelection {
  const query = new URLSearchParams(queryString);
  const read = (name: string) => query.get(name) || undefined;
  const by = read("by");
  return {
    task: read("task"),
    withAlike: read("alike") === "true",
    schedd: read("schedd"),
    by: by === "schedd" || by === "taskforce" ? by : "task",
    taskforce: read("taskforce"),
  };
}

/** Whether a selection narrows the cards to a part of the workflow. */
export const isNarrowed = ({ task, schedd }: WorkflowSelection): boolean => task !== undefined || schedd !== undefined;

/** The address of a workflow's view. */
export function workflowUrl(
  id: string,
  { task, withAlike, schedd, by = "task", taskforce }: Partial<WorkflowSelection> = {},
): string {
  const query = new URLSearchParams();
  if (task !== undefined) query.set("task", task);
  if (task !== undefined && withAlike) query.set("alike", "true");
  if (schedd !== undefined) query.set("schedd", schedd);
  if (by !== "task") query.set("by", by);
  if (taskforce !== undefined) query.set("taskforce", taskforce);
  const text = query.toString();
  return hrefOf(`/workflows/${encodeURIComponent(id)}${text === "" ? "" : `?${text}`}`);
}

/** The address of a schedd's view. */
export const scheddUrl = (schedd: string): string => hrefOf(`/schedds/${encodeURIComponent(schedd)}`);
