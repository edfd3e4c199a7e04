import { hrefOf } from "../paths/basePath.ts";

export const STATE_LABELS = {
  "": "All states",
  active: "Active",
  "needs-attention": "Needs attention",
  ended: "Completed, not finished",
  aborted: "Aborted",
  finished: "Finished",
} as const;
export type StateFilter = keyof typeof STATE_LABELS;

export const CREATED_WITHIN_LABELS = {
  "": "All time",
  "1d": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
} as const;
export type CreatedWithin = keyof typeof CREATED_WITHIN_LABELS;

export const SORT_LABELS = {
  created: "Newest first",
  change: "Last changed first",
  severity: "Most urgent first",
  workers: "Most workers first",
} as const;
export type SortOrder = keyof typeof SORT_LABELS;

/** The filters of the list of workflows, as in the query string; empty: no filter. */
export interface WorkflowCriteria {
  state: StateFilter;
  since: CreatedWithin;
  sort: SortOrder;
  /** The subject of an owner, or `me`. */
  owner: string;
  /** `key=value` */
  labels: readonly string[];
  location: string;
  schedd: string;
  image: string;
  /** Words that occur in a workflow. */
  text: string;
  /** Cursor of a later page. */
  after: string;
}

/** Criteria that are free texts, by their name in the query string. */
export const TEXT_CRITERIA = ["owner", "location", "schedd", "image"] as const;

const oneOf = <T extends string>(labels: Record<T, string>, text: string, fallback: NoInfer<T>): T =>
  Object.hasOwn(labels, text) ? (text as T) : fallback;

/** Parses a query string. */
export function parseCriteria(queryString: string): WorkflowCriteria {
  const query = new URLSearchParams(queryString);
  const read = (name: string) => query.get(name)?.trim() ?? "";
  return {
    state: oneOf(STATE_LABELS, read("state"), ""),
    since: oneOf(CREATED_WITHIN_LABELS, read("since"), ""),
    sort: oneOf(SORT_LABELS, read("sort"), "created"),
    owner: read("owner"),
    labels: query.getAll("label").filter((label) => label !== ""),
    location: read("location"),
    schedd: read("schedd"),
    image: read("image"),
    text: read("q"),
    after: read("after"),
  };
}

/** The criteria as parameters of the API, without those that do not restrict the list. */
export function toListParameters({ state, since, sort, labels, text, after, ...texts }: WorkflowCriteria) {
  const given = Object.entries({ ...texts, since, q: text, after }).filter(([, value]) => value !== "");
  return {
    ...(Object.fromEntries(given) as Partial<
      Record<"owner" | "location" | "schedd" | "image" | "since" | "q" | "after", string>
    >),
    ...(state !== "" && { state }),
    ...(sort !== "created" && { sort }),
    ...(labels.length > 0 && { label: [...labels] }),
  };
}

/** The query string of criteria, without a question mark; empty: the list of all workflows. */
export function criteriaQuery(criteria: WorkflowCriteria): string {
  const query = new URLSearchParams();
  const { label = [], ...others } = toListParameters(criteria);
  for (const [name, value] of Object.entries(others)) query.set(name, value);
  for (const each of label) query.append("label", each);
  return query.toString();
}

/** The address of the list with criteria. */
export function criteriaUrl(criteria: WorkflowCriteria): string {
  const query = criteriaQuery(criteria);
  return hrefOf(query === "" ? "/" : `/?${query}`);
}

/** All workflows, newest first. */
export const NO_CRITERIA = parseCriteria("");

/** Whether nothing is filtered. */
export const isUnfiltered = (criteria: WorkflowCriteria): boolean =>
  criteriaQuery({ ...criteria, sort: "created", after: "" }) === "";
