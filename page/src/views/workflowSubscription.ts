import { type Signal, signal } from "@preact/signals";
import { fetchPublicQueues, fetchSummary, fetchTaskDirectives, fetchWorkflow } from "../api/apiRequests.ts";
import type { PublicQueue, Summary, TaskDirective, Workflow } from "../api/apiTypes.ts";
import { CompletionRates } from "../graph/completionRates.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable, type Refreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";
import { TimelineRows } from "../timeline/timelineRows.ts";

/** More taskforces than that are shown summed up, and one by one only when asked for. */
export const MAX_LISTED_TASKFORCES = 300;
/** Milliseconds in which events are gathered before something is read because of them. */
const RELOAD_DELAY_MS = 400;
/** The same for what only a summary that is asked for tells: the sentence, and reasons of failures. */
const SUMMARY_RELOAD_DELAY_MS = 1000;

/** All that the page of one workflow shows. */
export interface WorkflowViewState {
  workflow: Workflow;
  summary: Summary;
  tasks: TaskDirective[];
  queues: PublicQueue[];
}

/** A workflow that is looked at: read, then kept up to date by its stream of events. */
export interface WorkflowSubscription {
  state: Refreshable<WorkflowViewState>;
  rows: TimelineRows;
  rates: CompletionRates;
  /** What the timeline is narrowed to; undefined: to nothing. */
  selectedTaskIds: Signal<readonly string[] | undefined>;
  /** Shows the taskforces one by one. */
  showRows(): void;
  dispose(): void;
}

/** Begins to look at a workflow. Call `end` when done. */
export function subscribeToWorkflow(id: string): WorkflowSubscription {
  const rows = new TimelineRows();
  const rates = new CompletionRates();
  const tasks = signal<readonly string[] | undefined>(undefined);
  // Directives and queues never change.
  let definitions: Promise<[TaskDirective[], PublicQueue[]]> | undefined;

  const load = async (): Promise<WorkflowViewState> => {
    const [workflow, summary] = await Promise.all([fetchWorkflow(id), fetchSummary(id)]);
    definitions ??= Promise.all([fetchTaskDirectives(id), fetchPublicQueues(id)]);
    definitions.catch(() => {
      definitions = undefined;
    });
    const [directives, queues] = await definitions;
    return { workflow, summary, tasks: directives, queues };
  };
  const filter = () => ({ workflow_id: id, ...(tasks.value && { task_id: { $in: tasks.value } }) });
  const state = createRefreshable(load, ({ summary }) => {
    rates.addSummary(summary);
    if (!isListedInFull()) return;
    if (rows.isShown.value) rows.reload();
    else watched.showRows();
  });
  /** Whether its taskforces are so few that they are read again whenever something else is. */
  const isListedInFull = () => (state.value.value?.summary.n_taskforces ?? 0) <= MAX_LISTED_TASKFORCES;
  const reloadSoon = coalesceCalls(RELOAD_DELAY_MS, state.refresh);
  const reloadSummarySoon = coalesceCalls(SUMMARY_RELOAD_DELAY_MS, () => {
    // When it fails, the next event or reading makes up for it.
    fetchSummary(id).then(
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
        // A new taskforce has more than a phase.
        if (!rows.addPhaseEvent(event) && rows.isShown.value && isListedInFull()) reloadSoon();
      },
      summary(sums) {
        rates.addSummary(sums);
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
  const watched: WorkflowSubscription = {
    state,
    rows,
    rates,
    selectedTaskIds: tasks,
    showRows: () => rows.show(filter()),
    dispose() {
      unsubscribe();
      reloadSoon.cancel();
      reloadSummarySoon.cancel();
      state.dispose();
      rows.hide();
    },
  };
  // The first value is told at once: there is nothing to narrow yet.
  const unsubscribeSelection = tasks.subscribe(() => rows.isShown.value && watched.showRows());
  return {
    ...watched,
    dispose() {
      unsubscribeSelection();
      watched.dispose();
    },
  };
}
