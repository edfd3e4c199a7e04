import type { ListFilter } from "../workflowList.js";

/** The options of `ls`. */
export interface ListOptions {
  owner?: string;
  mine?: true;
  everyone?: true;
  state?: ListFilter["state"];
  all?: true;
  label?: Record<string, string>;
  since?: string;
  until?: string;
  schedd?: string;
  location?: string;
  image?: string;
  sort?: ListFilter["sort"];
  limit?: number;
  watch?: true;
  json?: true;
}

/** The parameters of the list for words and options. @param setting whether requests carry a token */
export function toListFilter(words: string[], options: ListOptions, { hasToken }: { hasToken: boolean }): ListFilter {
  const { since, until, schedd, location, image, sort } = options;
  const isMine = options.mine ?? (hasToken && !options.everyone);
  const owner = options.owner ?? (isMine ? "me" : undefined);
  const state = options.all ? undefined : (options.state ?? "active");
  const label = Object.entries(options.label ?? {}).map(([key, value]) => `${key}=${value}`);
  const q = words.join(" ").trim() || undefined;
  const given = { owner, state, since, until, schedd, location, image, sort, q };
  return { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), label };
}

/** What an empty list means, and what to do: one sentence. */
export function emptyListText(words: string[], options: ListOptions, { owner, state }: ListFilter): string {
  const { label, since, until, schedd, location, image } = options;
  const isSearch =
    words.length > 0 || [label, since, until, schedd, location, image].some((each) => each !== undefined);
  const start = owner === undefined ? "There is" : owner === "me" ? "You have" : `${owner} has`;
  const kind = state === undefined ? "workflow" : STATE_TEXTS[state];
  const others = [
    ...(state === undefined ? [] : ["ewms ls --all includes aborted and finished ones"]),
    ...(owner === undefined ? [] : [`${state === undefined ? "ewms ls " : ""}--everyone includes those of others`]),
  ];
  const next =
    others.length > 0 ? others.join(", ") : isSearch ? "give fewer words or options" : "ewms submit creates one";
  return `${start} no ${kind}${isSearch ? " with these words and options" : ""}: ${next}.`;
}

const STATE_TEXTS: Readonly<Record<NonNullable<ListFilter["state"]>, string>> = {
  active: "active workflow",
  "needs-attention": "workflow that needs attention",
  ended: "active workflow whose taskforces have all ended",
  aborted: "aborted workflow",
  finished: "finished workflow",
};
