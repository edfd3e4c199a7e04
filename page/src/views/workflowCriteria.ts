import { workflowsWithTask } from "../api/apiRequests.ts";

/** What a list of workflows is narrowed to; all of it stands in the address. */
export interface Criteria {
  state: State;
  since: Since;
  /** Text of an id, image, arguments or location. */
  text: string;
}

export const STATES = { all: "All states", running: "Running", aborted: "Aborted", finished: "Finished" };
export type State = keyof typeof STATES;

export const SINCE = { day: "Last 24 hours", week: "Last 7 days", month: "Last 30 days", ever: "Since ever" };
export type Since = keyof typeof SINCE;

const DAYS: Record<Since, number> = { day: 1, week: 7, month: 30, ever: Number.POSITIVE_INFINITY };
const DEACTIVATED: Record<State, object> = {
  all: {},
  running: { deactivated: null },
  aborted: { deactivated: "ABORTED" },
  finished: { deactivated: "FINISHED" },
};
/** Ids that one filter names. */
const MOST_IDS = 1000;

/** The criteria that an address names. */
export function criteriaOf({ state = "", since = "", q = "" }: Record<string, string>): Criteria {
  return {
    state: state in STATES ? (state as State) : "all",
    since: since in SINCE ? (since as Since) : "week",
    text: q,
  };
}

/** The address that names them. */
export function addressOf({ state, since, text }: Criteria): string {
  const query = new URLSearchParams();
  if (state !== "all") query.set("state", state);
  if (since !== "week") query.set("since", since);
  if (text !== "") query.set("q", text);
  const question = query.toString();
  return question === "" ? "/" : `/?${question}`;
}

/** Whether nothing is narrowed, but in time. */
export const isOpen = ({ state, text }: Criteria): boolean => state === "all" && text === "";

/** The MongoDB filter for workflows; a text is looked for among their tasks first. */
export async function filterOf({ state, since, text }: Criteria): Promise<object> {
  const id = workflowIdIn(text);
  if (id !== undefined) return { workflow_id: id };
  const days = DAYS[since];
  const from = Number.isFinite(days) ? { timestamp: { $gte: Date.now() / 1000 - days * 86_400 } } : {};
  const words = text.trim();
  if (words === "") return { ...from, ...DEACTIVATED[state] };
  const like = { $regex: words.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), $options: "i" };
  const fields = ["workflow_id", "task_image", "task_args", "cluster_locations"];
  const ids = await workflowsWithTask({ ...from, $or: fields.map((field) => ({ [field]: like })) });
  return { ...DEACTIVATED[state], workflow_id: { $in: ids.slice(-MOST_IDS) } };
}

/** The workflow that an id of it, or of anything in it, names. */
export function workflowIdIn(text: string): string | undefined {
  const [, id] = /^(?:WF|TK|TF|MQ)-([0-9a-f]{8}-[0-9a-f]{8})\b/.exec(text.trim()) ?? [];
  return id === undefined ? undefined : `WF-${id}`;
}
