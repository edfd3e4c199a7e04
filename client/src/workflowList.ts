import type { ApiCalls } from "./apiCalls.js";
import type { WorkflowDigest } from "./apiTypes.js";
import type { paths } from "./schema.js";
import { unwrapResponse } from "./unwrapResponse.js";

/** Which workflows `GET /v1/workflows` lists, and in which order. */
export type ListFilter = Omit<NonNullable<paths["/v1/workflows"]["get"]["parameters"]["query"]>, "after" | "limit">;

/** A page of the list. */
export interface ListPage {
  /** May be empty although later pages are not: the search of a page is limited. */
  rows: WorkflowDigest[];
  /** Whether more workflows may follow. */
  hasMore: boolean;
}

/** Rows of a page; the service allows 200. */
const MAX_PAGE_ROWS = 100;

/**
 * Lists workflows page by page, on demand.
 *
 * @param limit the most rows of all pages
 * @throws ApiError 400 for an invalid filter; the abort reason of the signal
 */
export async function* listWorkflowPages(
  calls: Pick<ApiCalls, "GET">,
  filter: ListFilter,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<ListPage, void, undefined> {
  let missing = limit;
  let after: string | null = null;
  do {
    signal?.throwIfAborted();
    const query = { ...filter, limit: Math.min(missing, MAX_PAGE_ROWS), ...(after !== null && { after }) };
    const call = calls.GET("/v1/workflows", { params: { query }, ...(signal && { signal }) });
    const page: { workflows: WorkflowDigest[]; next_after: string | null } = await unwrapResponse(call);
    after = page.next_after;
    missing -= page.workflows.length;
    yield { rows: page.workflows, hasMore: after !== null };
  } while (after !== null && missing > 0);
}

/** Lists the first workflows, of as many pages as that needs. @param limit the most rows */
export async function listFirstWorkflows(
  calls: Pick<ApiCalls, "GET">,
  filter: ListFilter,
  limit: number,
  signal?: AbortSignal,
): Promise<ListPage> {
  const list: ListPage = { rows: [], hasMore: false };
  for await (const { rows, hasMore } of listWorkflowPages(calls, filter, limit, signal)) {
    list.rows.push(...rows);
    list.hasMore = hasMore;
  }
  return list;
}
