/** How the service found a page: the header `Ewms-Query-Plan`. */
export interface QueryPlan {
  /** The fields whose indexes the query read; `ids`: it looked up ids; `all`: it walked over all entities. */
  indexes: string[];
  /** Entities whose documents were read. */
  lookedAt: number;
  /** Entities of the page. */
  matched: number;
  /** Units of work, about 10 ns each. */
  work: number;
  /** Why the page ends. */
  ended: PageEnd;
}

/**
 * Why a page ends: at the end of the collection, because it is full, because the query looked at `QUERY_MAX_SCAN`
 * entities, or because it used up its budget of work.
 */
export type PageEnd = (typeof PAGE_ENDS)[number];

const PAGE_ENDS = ["end", "size", "scan", "work"] as const;

/** The header of a response to a query. */
export const QUERY_PLAN_HEADER = "ewms-query-plan";

/** Parses the header `Ewms-Query-Plan`. @returns undefined without the header, or for an unknown format */
export function parseQueryPlan(header: string | null): QueryPlan | undefined {
  const entries = (header ?? "").matchAll(/([a-z-]+)=(?:"([^"]*)"|([^",;\s]+))/g);
  const values = new Map([...entries].map(([, name, quoted, bare]) => [name, quoted ?? bare]));
  const numberOf = (name: string) => Number(values.get(name) ?? Number.NaN);
  const indexes = values.get("index")?.split(" ").filter(Boolean);
  const ended = PAGE_ENDS.find((end) => end === values.get("ended"));
  const plan = { lookedAt: numberOf("looked-at"), matched: numberOf("matched"), work: numberOf("work") };
  if (indexes === undefined || ended === undefined || Object.values(plan).some(Number.isNaN)) return undefined;
  return { indexes, ...plan, ended };
}
