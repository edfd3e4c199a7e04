import { type Signal, signal } from "@preact/signals";
import { readPublicQueues, readSummary, readTasks, readWorkflow } from "../api/apiRequests.ts";
import type { PublicQueue, Summary, TaskDirective, Workflow } from "../api/apiTypes.ts";
import { Rates } from "../graph/completionRates.ts";
import { follow } from "../live/streamSubscription.ts";
import { type Latest, latest } from "../live/refreshable.ts";
import { soon } from "../live/coalesceCalls.ts";
import { Rows } from "../timeline/timelineRows.ts";

/** More taskforces than that are shown summed up, and one by one only when asked for. */
export const MANY = 300;
/** Milliseconds in which events are gathered before something is read because of them. */
const GATHER = 400;
/** The same for what only a summary that is asked for tells: the sentence, and reasons of failures. */
const GATHER_SUMMARIES = 1000;

/** All that the page of one workflow shows. */
export interface WatchedState {
  workflow: Workflow;
  summary: Summary;
  tasks: TaskDirective[];
  queues: PublicQueue[];
}

/** A workflow that is looked at: read, then kept up to date by its stream of events. */
export interface Watched {
  state: Latest<WatchedState>;
  rows: Rows;
  rates: Rates;
  /** What the timeline is narrowed to; undefined: to nothing. */
  tasks: Signal<readonly string[] | undefined>;
  /** Shows the taskforces one by one. */
  showRows(): void;
  end(): void;
}

/** Begins to look at a workflow. Call `end` when done. */
export function watchWorkflow(id: string): Watched {
  const rows = new Rows();
  const rates = new Rates();
  const tasks = signal<readonly string[] | undefined>(undefined);
  // Directives and queues never change.
  let fixed: Promise<[TaskDirective[], PublicQueue[]]> | undefined;

  const load = async (): Promise<WatchedState> => {
    const [workflow, summary] = await Promise.all([readWorkflow(id), readSummary(id)]);
    fixed ??= Promise.all([readTasks(id), readPublicQueues(id)]);
    fixed.catch(() => {
      fixed = undefined;
    });
    const [directives, queues] = await fixed;
    return { workflow, summary, tasks: directives, queues };
  };
  const filter = () => ({ workflow_id: id, ...(tasks.value && { task_id: { $in: tasks.value } }) });
  const state = latest(load, ({ summary }) => {
    rates.note(summary);
    if (!few()) return;
    if (rows.wanted.value) rows.read();
    else watched.showRows();
  });
  /** Whether its taskforces are so few that they are read again whenever something else is. */
  const few = () => (state.value.value?.summary.n_taskforces ?? 0) <= MANY;
  const readSoon = soon(GATHER, state.read);
  const readSumsSoon = soon(GATHER_SUMMARIES, () => {
    // When it fails, the next event or reading makes up for it.
    readSummary(id).then(
      (summary) => state.change((now) => ({ ...now, summary })),
      () => undefined,
    );
  });

  const unfollow = follow(`/v1/workflows/${encodeURIComponent(id)}/events`, {
    read: state.read,
    missed() {
      if (rows.wanted.value && !few()) rows.read();
    },
    on: {
      phase(event) {
        // A new taskforce has more than a phase.
        if (!rows.note(event) && rows.wanted.value && few()) readSoon();
      },
      summary(sums) {
        rates.note(sums);
        state.change((now) => ({ ...now, summary: { ...now.summary, ...sums } }));
        readSumsSoon();
      },
      deactivated({ deactivated, timestamp }) {
        state.change((now) => ({
          ...now,
          workflow: { ...now.workflow, deactivated, deactivated_ts: timestamp },
        }));
        readSoon();
      },
    },
  });
  const watched: Watched = {
    state,
    rows,
    rates,
    tasks,
    showRows: () => rows.show(filter()),
    end() {
      unfollow();
      readSoon.cancel();
      readSumsSoon.cancel();
      state.end();
      rows.hide();
    },
  };
  // The first value is told at once: there is nothing to narrow yet.
  const untrack = tasks.subscribe(() => rows.wanted.value && watched.showRows());
  return {
    ...watched,
    end() {
      untrack();
      watched.end();
    },
  };
}
