import { findWorkflowIdsByTask } from "../api/apiRequests.ts";
import { hrefOf } from "../paths/basePath.ts";

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
/** Maximum number of workflows that a text finds. */
const MAX_FOUND_IDS = 1000;
/** Seconds by which the clocks of browser and service may differ. */
const MAX_CLOCK_DIFFERENCE_SECONDS = 3600;

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
  return hrefOf(queryString === "" ? "/" : `/?${queryString}`);
}

/** Whether only the time is filtered. */
export const isUnfiltered = ({ state, text }: WorkflowCriteria): boolean => state === "all" && text === "";

/**
 * Creates a function that returns the MongoDB filter for workflows. A text is first searched in their tasks, which never
 * change: later calls search only the tasks that are new since the call before.
 */
export function createFilterBuilder(criteria: WorkflowCriteria) {
  const { state, createdWithin, text } = criteria;
  const id = extractWorkflowId(text);
  const words = text.trim();
  let foundIds: string[] = [];
  let searchedUntil = 0;
  return async (signal: AbortSignal): Promise<Record<string, unknown>> => {
    if (id !== undefined) return { workflow_id: id };
    const now = Date.now() / 1000;
    const days = DAYS_BY_CREATED_WITHIN[createdWithin];
    const from = days === undefined ? 0 : now - days * 86_400;
    if (words === "") return { ...createdFrom(from), ...FILTER_BY_STATE[state] };
    const isNew = createdFrom(Math.max(from, searchedUntil));
    const newIds = await findWorkflowIdsByTask({ ...isNew, ...taskFilter(words) }, MAX_FOUND_IDS, signal);
    foundIds = [...new Set([...newIds, ...foundIds])].slice(0, MAX_FOUND_IDS);
    searchedUntil = now - MAX_CLOCK_DIFFERENCE_SECONDS;
    return { ...createdFrom(from), ...FILTER_BY_STATE[state], workflow_id: { $in: foundIds } };
  };
}

const createdFrom = (epochSeconds: number) => (epochSeconds <= 0 ? {} : { timestamp: { $gte: epochSeconds } });

function taskFilter(words: string): Record<string, unknown> {
  const like = { $regex: words.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), $options: "i" };
  const fields = ["workflow_id", "task_image", "task_args", "cluster_locations"];
  return { $or: fields.map((field) => ({ [field]: like })) };
}

/** The id of the workflow to which an id of a workflow, task, taskforce or queue belongs. */
export function extractWorkflowId(text: string): string | undefined {
  const [, id] = /^(?:WF|TK|TF|MQ)-([0-9a-f]{8}-[0-9a-f]{8})\b/.exec(text.trim()) ?? [];
  return id === undefined ? undefined : `WF-${id}`;
}
