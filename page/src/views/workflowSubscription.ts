import { computed, signal } from "@preact/signals";
import { countWorkersByKind, WorkerRates } from "../../../client/src/workers.js";
import { fetchQueues, fetchSummary, fetchTaskDirectives, fetchWorkflow } from "../api/apiRequests.ts";
import type { EventData, Summary, TaskDirective, Workflow, WorkflowQueue } from "../api/apiTypes.ts";
import { tasksOfNode } from "../graph/taskGroups.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";
import type { WorkflowSelection } from "../paths/workflowAddress.ts";
import { TimelineRows } from "../timeline/timelineRows.ts";

/** Above this number, the view shows sums by task, and taskforces on request. */
export const MAX_LISTED_TASKFORCES = 300;
/** Milliseconds between an event and the reload that it causes. */
const RELOAD_DELAY_MS = 400;
/** Milliseconds between an event and the reload of the summary, for its fields that events omit. */
const SUMMARY_RELOAD_DELAY_MS = 1000;

/** The data of the view of one workflow. */
export interface WorkflowViewState {
  workflow: Workflow;
  summary: Summary;
  tasks: TaskDirective[];
  queues: WorkflowQueue[];
}

export type WorkflowSubscription = ReturnType<typeof subscribeToWorkflow>;

/** Loads a workflow and updates it by its stream of events. Call `dispose` at the end. */
export function subscribeToWorkflow(id: string, firstSelection: WorkflowSelection) {
  const rows = new TimelineRows();
  const workerRates = new WorkerRates();
  /** Successfully completed workers per minute, by task; undefined while the rate is unknown. */
  const rates = signal<ReadonlyMap<string, number | undefined>>(new Map());
  /** What the address selects. */
  const selection = signal(firstSelection);
  const disposal = new AbortController();
  // Directives never change, and queues not after their activation.
  let directives: Promise<TaskDirective[]> | undefined;
  let queues: WorkflowQueue[] = [];

  const load = async (signal: AbortSignal): Promise<WorkflowViewState> => {
    const [workflow, summary] = await Promise.all([fetchWorkflow(id, signal), fetchSummary(id, signal)]);
    directives ??= fetchTaskDirectives(id, signal);
    directives.catch(() => {
      directives = undefined;
    });
    const tasks = await directives;
    const hasQueues = tasks.some(({ input_queues, output_queues }) => input_queues.length + output_queues.length > 0);
    if (hasQueues && queues.length === 0) queues = await fetchQueues(id, signal);
    return { workflow, summary, tasks, queues };
  };
  const updateRates = ({ tasks, updated }: EventData["summary"]) => {
    // A summary event of very many tasks omits them.
    if (tasks === undefined) return;
    const counts = tasks.map(({ task_id, compound_statuses }): [string, number | undefined] => [
      task_id,
      workerRates.addCount(task_id, updated, countWorkersByKind(compound_statuses).done),
    ]);
    rates.value = new Map(counts);
  };
  const showRows = () => rows.show(filter.value);
  const state = createRefreshable(load, ({ summary }) => {
    updateRates(summary);
    if (!isListedInFull()) return;
    if (rows.isShown.value) rows.reload();
    else showRows();
  });
  /** The selected tasks; undefined: all. */
  const selectedTaskIds = computed(() => {
    const { task, withAlike } = selection.value;
    if (task === undefined) return undefined;
    return withAlike ? tasksOfNode(state.value.value?.tasks ?? [], task) : [task];
  });
  // As a text, a filter is the same after each reload.
  const filterText = computed(() => {
    const taskIds = selectedTaskIds.value;
    const { schedd } = selection.value;
    return JSON.stringify({
      workflow_id: id,
      ...(taskIds && { task_id: { $in: taskIds } }),
      ...(schedd && { schedd }),
    });
  });
  /** A MongoDB filter for the selected taskforces. */
  const filter = computed(() => JSON.parse(filterText.value) as Record<string, unknown>);
  /** Whether the taskforces are few enough to reload them with the workflow. */
  const isListedInFull = () => (state.value.value?.summary.n_taskforces ?? 0) <= MAX_LISTED_TASKFORCES;
  const reloadSoon = coalesceCalls(RELOAD_DELAY_MS, state.refresh);
  const reloadSummarySoon = coalesceCalls(SUMMARY_RELOAD_DELAY_MS, () => {
    // The next event or reload repairs a failure.
    fetchSummary(id, disposal.signal).then(
      (summary) => state.applyChange((now) => ({ ...now, summary })),
      () => undefined,
    );
  });

  const unsubscribe = subscribeToStream(`/v1/workflows/${encodeURIComponent(id)}/events`, {
    reload: state.refresh,
    onGap() {
      if (rows.isShown.value && !isListedInFull()) rows.reload();
    },
    on: {
      phase(event) {
        const isKnown = rows.addPhaseEvent(event);
        // The events of a new taskforce and of a submission have only a part of its fields.
        const isPartial = !isKnown || event.phase === "condor-submit";
        if (isPartial && rows.isShown.value && isListedInFull()) reloadSoon();
      },
      summary(sums) {
        updateRates(sums);
        state.applyChange((now) => ({ ...now, summary: { ...now.summary, ...sums } }));
        reloadSummarySoon();
      },
      deactivated({ deactivated, timestamp }) {
        state.applyChange((now) => ({
          ...now,
          workflow: { ...now.workflow, deactivated, deactivated_ts: timestamp },
        }));
        reloadSoon();
      },
    },
  });
  // The first call comes at once, before the timeline is shown.
  const unsubscribeSelection = filter.subscribe(() => rows.isShown.value && showRows());
  return {
    state,
    rows,
    rates,
    selection,
    selectedTaskIds,
    filter,
    showRows,
    dispose() {
      unsubscribeSelection();
      unsubscribe();
      reloadSoon.cancel();
      reloadSummarySoon.cancel();
      disposal.abort();
      state.dispose();
      rows.hide();
    },
  };
}
