import { signal } from "@preact/signals";
import { fetchSummary, fetchWorkflow, findNewestWorkflows } from "../api/apiRequests.ts";
import type { EventData, Finding, Workflow } from "../api/apiTypes.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";
import { readsOperatorRecords } from "../session/permissions.ts";
import { createFilterBuilder, isUnfiltered, type WorkflowCriteria } from "./workflowCriteria.ts";

/** Workflows after which a load reads no further page of the query; so many more for older ones. */
const MIN_LOADED_WORKFLOWS = 100;
/** Concurrent requests for summaries. */
const SUMMARY_CONCURRENCY = 4;

type SummaryEvent = EventData["summary"];

/** The sums of a workflow. Events of very many tasks omit `tasks`, and all events omit the findings. */
export type WorkflowSums = SummaryEvent & { findings?: readonly Finding[] };

/** Milliseconds between an event and the reload of the summary, for its findings. */
const SUMMARY_RELOAD_DELAY_MS = 2000;

/** The newest workflows that match criteria. */
interface NewestWorkflows {
  workflows: readonly Workflow[];
  /** Whether older ones may match, which are not loaded. */
  hasOlder: boolean;
}

/** Subscribes to the workflows that match criteria, newest first. Call `dispose` at the end. */
export function subscribeToWorkflowList(criteria: WorkflowCriteria) {
  /** Summaries of the visible workflows by id. */
  const summaries = signal<ReadonlyMap<string, WorkflowSums>>(new Map());
  const changedIds = new Set<string>();
  let visibleIds: readonly string[] = [];
  let visibleVersion = 0;

  let minCount = MIN_LOADED_WORKFLOWS;
  const disposal = new AbortController();
  const buildFilter = createFilterBuilder(criteria);

  const newest = createRefreshable<NewestWorkflows>(
    async (signal) => findNewestWorkflows(await buildFilter(signal), minCount, signal),
    () => void loadSummaries(),
  );
  const changeList = (change: (list: readonly Workflow[]) => Workflow[]) =>
    newest.applyChange((now) => ({ ...now, workflows: change(now.workflows) }));
  const storeSummary = (summary: WorkflowSums) => {
    // What the event omits stays: tasks never change, and the findings are loaded again.
    const merged = { ...summaries.value.get(summary.workflow_id), ...summary };
    summaries.value = new Map(summaries.value).set(summary.workflow_id, merged);
  };
  const loadSummaries = async (ids = visibleIds) => {
    const version = visibleVersion;
    const pending = [...ids];
    const worker = async () => {
      for (let id = pending.shift(); id !== undefined && version === visibleVersion; id = pending.shift())
        await fetchSummary(id, disposal.signal).then(storeSummary, () => undefined);
    };
    await Promise.all(Array.from({ length: SUMMARY_CONCURRENCY }, worker));
  };

  const reloadChangedSoon = coalesceCalls(SUMMARY_RELOAD_DELAY_MS, () => {
    const ids = [...changedIds].filter((id) => visibleIds.includes(id));
    changedIds.clear();
    void loadSummaries(ids);
  });

  const unsubscribe = subscribeToStream(readsOperatorRecords ? "/v1/events" : undefined, {
    reload: newest.refresh,
    on: {
      summary(summary) {
        if (!visibleIds.includes(summary.workflow_id)) return;
        storeSummary(summary);
        changedIds.add(summary.workflow_id);
        reloadChangedSoon();
      },
      created({ workflow_id }) {
        if (!isUnfiltered(criteria)) return newest.refresh();
        // Cheaper than a reload of the list.
        void fetchWorkflow(workflow_id, disposal.signal).then(
          (workflow) => changeList((list) => [workflow, ...list.filter((other) => other.workflow_id !== workflow_id)]),
          newest.refresh,
        );
      },
      deactivated({ workflow_id, deactivated, timestamp }) {
        changeList((list) =>
          list.map((workflow) =>
            workflow.workflow_id === workflow_id ? { ...workflow, deactivated, deactivated_ts: timestamp } : workflow,
          ),
        );
      },
    },
  });
  return {
    newest,
    summaries,
    /** Loads workflows that are older than those in the list. */
    loadOlder() {
      minCount = (newest.value.value?.workflows.length ?? 0) + MIN_LOADED_WORKFLOWS;
      newest.refresh();
    },
    /** Sets the visible workflows and loads their summaries. */
    setVisibleIds(ids: readonly string[]) {
      if (ids.join() === visibleIds.join()) return;
      visibleIds = ids;
      visibleVersion++;
      void loadSummaries(ids.filter((id) => !summaries.value.has(id)));
    },
    dispose() {
      unsubscribe();
      reloadChangedSoon.cancel();
      disposal.abort();
      newest.dispose();
      visibleVersion++;
    },
  };
}
