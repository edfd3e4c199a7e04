import { signal } from "@preact/signals";
import type { ResultPage } from "../../../client/src/paging.js";
import { fetchSummary, fetchWorkflow, findWorkflows } from "../api/apiRequests.ts";
import type { EventData, Workflow } from "../api/apiTypes.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";
import { buildWorkflowFilter, isUnfiltered, type WorkflowCriteria } from "./workflowCriteria.ts";

/** Maximum number of pages of a query: it returns the oldest workflows first, the view needs the newest. */
const MAX_QUERY_PAGES = 10;
/** Concurrent requests for summaries. */
const SUMMARY_CONCURRENCY = 4;

type SummaryEvent = EventData["summary"];

/** Subscribes to the workflows that match criteria, newest first. Call `dispose` at the end. */
export function subscribeToWorkflowList(criteria: WorkflowCriteria) {
  /** Summaries of the visible workflows by id. */
  const summaries = signal<ReadonlyMap<string, SummaryEvent>>(new Map());
  let visibleIds: readonly string[] = [];
  let visibleVersion = 0;

  const workflows = createRefreshable(
    () => findNewestWorkflows(criteria),
    () => void loadSummaries(),
  );
  const storeSummary = (summary: SummaryEvent) => {
    // A summary event of very many tasks omits them; they never change.
    const tasks = summary.tasks ?? summaries.value.get(summary.workflow_id)?.tasks;
    summaries.value = new Map(summaries.value).set(summary.workflow_id, { ...summary, ...(tasks && { tasks }) });
  };
  const loadSummaries = async (ids = visibleIds) => {
    const version = visibleVersion;
    const pending = [...ids];
    const worker = async () => {
      for (let id = pending.shift(); id !== undefined && version === visibleVersion; id = pending.shift())
        await fetchSummary(id).then(storeSummary, () => undefined);
    };
    await Promise.all(Array.from({ length: SUMMARY_CONCURRENCY }, worker));
  };

  const unsubscribe = subscribeToStream("/v1/events", {
    reload: workflows.refresh,
    on: {
      summary(summary) {
        if (visibleIds.includes(summary.workflow_id)) storeSummary(summary);
      },
      created({ workflow_id }) {
        if (!isUnfiltered(criteria)) return workflows.refresh();
        // Cheaper than a reload of the list.
        void fetchWorkflow(workflow_id).then(
          (workflow) =>
            workflows.applyChange((list) => [workflow, ...list.filter((other) => other.workflow_id !== workflow_id)]),
          workflows.refresh,
        );
      },
      deactivated({ workflow_id, deactivated, timestamp }) {
        workflows.applyChange((list) =>
          list.map((workflow) =>
            workflow.workflow_id === workflow_id ? { ...workflow, deactivated, deactivated_ts: timestamp } : workflow,
          ),
        );
      },
    },
  });
  return {
    workflows,
    summaries,
    /** Sets the visible workflows and loads their summaries. */
    setVisibleIds(ids: readonly string[]) {
      if (ids.join() === visibleIds.join()) return;
      visibleIds = ids;
      visibleVersion++;
      void loadSummaries(ids.filter((id) => !summaries.value.has(id)));
    },
    dispose() {
      unsubscribe();
      workflows.dispose();
      visibleVersion++;
    },
  };
}

async function findNewestWorkflows(criteria: WorkflowCriteria): Promise<Workflow[]> {
  const filter = await buildWorkflowFilter(criteria);
  const found: Workflow[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_QUERY_PAGES && (page === 0 || after !== null); page++) {
    const { items, nextCursor }: ResultPage<Workflow> = await findWorkflows(filter, after);
    found.push(...items);
    after = nextCursor;
  }
  return found.reverse();
}
