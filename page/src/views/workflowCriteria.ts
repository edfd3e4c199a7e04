import { findWorkflowIdsByTask } from "../api/apiRequests.ts";

/** The filters of the list of workflows, as in the query string. */
export interface WorkflowCriteria {
  state: StateFilter;
  createdWithin: CreatedWithin;
  /** Text of an id, image, arguments or location. */
  text: string;
}

export const STATE_LABELS = { all: "All states", running: "Running", aborted: "Aborted", finished: "Finished" };
export type StateFilter = keyof typeof STATE_LABELS;

export const CREATED_WITHIN_LABELS = {
  day: "Last 24 hours",
  week: "Last 7 days",
  month: "Last 30 days",
  ever: "All time",
};
export type CreatedWithin = keyof typeof CREATED_WITHIN_LABELS;

const DAYS_BY_CREATED_WITHIN: Record<CreatedWithin, number | undefined> = {
  day: 1,
  week: 7,
  month: 30,
  ever: undefined,
};
const FILTER_BY_STATE: Record<StateFilter, Record<string, unknown>> = {
  all: {},
  running: { deactivated: null },
  aborted: { deactivated: "ABORTED" },
  finished: { deactivated: "FINISHED" },
};
/** Maximum number of ids in one filter. */
const MAX_IDS = 1000;

/** Parses a query string. */
export function parseCriteria({ state = "", since = "", q = "" }: Record<string, string>): WorkflowCriteria {
  return {
    state: state in STATE_LABELS ? (state as StateFilter) : "all",
    createdWithin: since in CREATED_WITHIN_LABELS ? (since as CreatedWithin) : "week",
    text: q,
  };
}

/** The URL of criteria. */
export function criteriaUrl({ state, createdWithin, text }: WorkflowCriteria): string {
  const query = new URLSearchParams();
  if (state !== "all") query.set("state", state);
  if (createdWithin !== "week") query.set("since", createdWithin);
  if (text !== "") query.set("q", text);
  const queryString = query.toString();
  return queryString === "" ? "/" : `/?${queryString}`;
}

/** Whether only the time is filtered. */
export const isUnfiltered = ({ state, text }: WorkflowCriteria): boolean => state === "all" && text === "";

/** The MongoDB filter for workflows. A text is first searched in their tasks. */
export async function buildWorkflowFilter(criteria: WorkflowCriteria): Promise<Record<string, unknown>> {
  const { state, createdWithin, text } = criteria;
  const id = extractWorkflowId(text);
  if (id !== undefined) return { workflow_id: id };
  const days = DAYS_BY_CREATED_WITHIN[createdWithin];
  const from = days === undefined ? {} : { timestamp: { $gte: Date.now() / 1000 - days * 86_400 } };
  const words = text.trim();
  if (words === "") return { ...from, ...FILTER_BY_STATE[state] };
  const like = { $regex: words.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), $options: "i" };
  const fields = ["workflow_id", "task_image", "task_args", "cluster_locations"];
  const ids = await findWorkflowIdsByTask({ ...from, $or: fields.map((field) => ({ [field]: like })) });
  return { ...FILTER_BY_STATE[state], workflow_id: { $in: ids.slice(-MAX_IDS) } };
}

/** The id of the workflow to which an id of a workflow, task, taskforce or queue belongs. */
export function extractWorkflowId(text: string): string | undefined {
  const [, id] = /^(?:WF|TK|TF|MQ)-([0-9a-f]{8}-[0-9a-f]{8})\b/.exec(text.trim()) ?? [];
  return id === undefined ? undefined : `WF-${id}`;
}
