import { fetchWorkflowList, type WorkflowListPage } from "../api/apiRequests.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";
import { criteriaQuery, toListParameters, type WorkflowCriteria } from "./workflowCriteria.ts";

/** Milliseconds between an event and the reload of the page of the list. */
const RELOAD_DELAY_MS = 500;
/** Milliseconds between a change of a shown workflow and the reload: its sums change all the time. */
const SUMS_RELOAD_DELAY_MS = 2000;
/** Pages of the list that are shown at once when the user returns to them. */
const MAX_KEPT_PAGES = 20;

/** The last contents of pages of the list, by query string. */
const keptPages = new Map<string, WorkflowListPage>();

function keepPage(query: string, page: WorkflowListPage): void {
  keptPages.delete(query);
  keptPages.set(query, page);
  const [oldest] = keptPages.keys();
  if (keptPages.size > MAX_KEPT_PAGES && oldest !== undefined) keptPages.delete(oldest);
}

/** Subscribes to one page of the list. Call `dispose` at the end. */
export function subscribeToWorkflowList(criteria: WorkflowCriteria) {
  const query = criteriaQuery(criteria);
  const page = createRefreshable<WorkflowListPage>(
    (signal) => fetchWorkflowList(toListParameters(criteria), signal),
    (loaded) => keepPage(query, loaded),
  );
  page.value.value = keptPages.get(query);
  const reloadSoon = coalesceCalls(RELOAD_DELAY_MS, page.refresh);
  const reloadSums = coalesceCalls(SUMS_RELOAD_DELAY_MS, page.refresh);
  const isShown = (id: string): boolean =>
    page.value.value?.workflows.some(({ workflow_id }) => workflow_id === id) === true;
  const unsubscribe = subscribeToStream("/v1/events", {
    reload: page.refresh,
    on: {
      created: reloadSoon,
      deactivated: ({ workflow_id }) => {
        if (isShown(workflow_id)) reloadSoon();
      },
      summary: ({ workflow_id }) => {
        // In other orders than the newest first, any change may bring a workflow into the page.
        if (isShown(workflow_id) || criteria.sort !== "created" || criteria.state !== "") reloadSums();
      },
    },
  });
  return {
    page,
    dispose() {
      unsubscribe();
      reloadSoon.cancel();
      reloadSums.cancel();
      page.dispose();
    },
  };
}
