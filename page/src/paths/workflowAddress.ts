import { hrefOf } from "./basePath.ts";

/** What the view of a workflow shows, as in the query string. */
export interface WorkflowSelection {
  /** The tasks to which all cards are narrowed; empty: all. */
  tasks: readonly string[];
  /** The access point to which all cards are narrowed. */
  schedd: string | undefined;
  /** The taskforce whose details are open. */
  taskforce: string | undefined;
}

/** Parses a query string: `?task=TK-…&task=TK-…&schedd=…&taskforce=TF-…`. */
export function parseSelection(queryString: string): WorkflowSelection {
  const query = new URLSearchParams(queryString);
  return {
    tasks: query.getAll("task").filter((id) => id !== ""),
    schedd: query.get("schedd") || undefined,
    taskforce: query.get("taskforce") || undefined,
  };
}

/** The address of a workflow's view. */
export function workflowUrl(id: string, { tasks = [], schedd, taskforce }: Partial<WorkflowSelection> = {}): string {
  const query = new URLSearchParams();
  for (const task of tasks) query.append("task", task);
  if (schedd !== undefined) query.set("schedd", schedd);
  if (taskforce !== undefined) query.set("taskforce", taskforce);
  const text = query.toString();
  return hrefOf(`/workflows/${encodeURIComponent(id)}${text === "" ? "" : `?${text}`}`);
}

/** The address of a schedd's view. */
export const scheddUrl = (schedd: string): string => hrefOf(`/schedds/${encodeURIComponent(schedd)}`);
