import { type Signal, signal } from "@preact/signals";
import { ApiError } from "../../../client/src/clientErrors.js";
import { isUnavailable } from "../api/apiClient.ts";
import { findTaskforces } from "../api/apiRequests.ts";
import type { EventData, Taskforce } from "../api/apiTypes.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { recordUnreachable } from "../live/connection.ts";

type PhaseEvent = EventData["phase"];

/** Milliseconds of one batch of events: each change renders the list, and thousands of events may arrive at once. */
const BATCH_DELAY_MS = 200;
/** Rows after which a load reads no further page of the query. */
const MIN_LOADED_ROWS = 50;
/** Milliseconds until a failed load is repeated. */
const RETRY_DELAY_MS = 3000;

/** The loaded taskforces of a timeline. */
export class TimelineRows {
  readonly list: Signal<Taskforce[] | undefined> = signal(undefined);
  /** The cursor of the next page; null: all rows are loaded. */
  readonly nextCursor: Signal<string | null> = signal(null);
  /** Whether the timeline is shown, even if no rows are loaded yet. */
  readonly isShown: Signal<boolean> = signal(false);
  #filter: Record<string, unknown> = {};
  /** The load in progress. */
  #loading: Promise<void> | undefined;
  #isReloadPending = false;
  /** Detects results of a load for an earlier filter. */
  #filterVersion = 0;
  #retryTimer: number | undefined;
  /** Ends the load in progress. */
  #abort = new AbortController();
  /** Index of each taskforce in the list. */
  #indexByUuid: ReadonlyMap<string, number> = new Map();
  /** Events that the list, or the load in progress, may not contain yet. */
  #pendingEvents: PhaseEvent[] = [];
  readonly #applyPendingEventsSoon = coalesceCalls(BATCH_DELAY_MS, () => this.#applyPendingEvents());

  /** Shows the taskforces that match a filter. */
  show(filter: Record<string, unknown>): void {
    this.hide();
    this.#filter = filter;
    this.isShown.value = true;
    this.reload();
  }

  /** Hides the timeline and drops its rows. */
  hide(): void {
    this.#filterVersion++;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#loading = undefined;
    this.#isReloadPending = false;
    this.#pendingEvents = [];
    clearTimeout(this.#retryTimer);
    this.#applyPendingEventsSoon.cancel();
    this.#indexByUuid = new Map();
    this.list.value = undefined;
    this.nextCursor.value = null;
    this.isShown.value = false;
  }

  /** Loads the first page again, after a load in progress. Further pages are dropped. */
  reload(): void {
    if (this.#loading) this.#isReloadPending = true;
    else this.#loading = this.#load(null);
  }

  /** Loads the next page. @returns whether it added rows */
  async loadMore(): Promise<boolean> {
    const lengthBefore = this.list.value?.length ?? 0;
    this.#loading ??= this.#load(this.nextCursor.value);
    await this.#loading;
    return (this.list.value?.length ?? 0) > lengthBefore;
  }

  /** Adds a phase event. @returns false if the taskforce is not in the list */
  addPhaseEvent(event: PhaseEvent): boolean {
    if (!this.isShown.value) return false;
    const known = this.#indexByUuid.has(event.taskforce_uuid);
    if (!known && !this.#loading) return false;
    this.#pendingEvents.push(event);
    this.#applyPendingEventsSoon();
    return true;
  }

  async #load(after: string | null): Promise<void> {
    const filterVersion = this.#filterVersion;
    clearTimeout(this.#retryTimer);
    try {
      const { signal } = this.#abort;
      const { taskforces, nextCursor } = await findTaskforces(this.#filter, after, MIN_LOADED_ROWS, signal);
      // The filter has changed meanwhile.
      if (filterVersion !== this.#filterVersion) return;
      this.#loading = undefined;
      this.#setList(after === null ? taskforces : [...(this.list.value ?? []), ...taskforces]);
      this.nextCursor.value = nextCursor;
      this.#applyPendingEvents();
    } catch (error) {
      if (filterVersion !== this.#filterVersion) return;
      this.#loading = undefined;
      if (isUnavailable(error)) {
        recordUnreachable();
        // Only for the first page: the user can repeat a request for further pages.
        if (after === null) this.#retryTimer = window.setTimeout(() => this.reload(), RETRY_DELAY_MS);
      } else if (!(error instanceof ApiError)) throw error;
    }
    if (!this.#isReloadPending) return;
    this.#isReloadPending = false;
    this.reload();
  }

  #setList(list: Taskforce[]): void {
    this.list.value = list;
    this.#indexByUuid = new Map(list.map(({ taskforce_uuid }, at) => [taskforce_uuid, at]));
  }

  /** Applies the pending events. During a load they stay pending: its result may predate them. */
  #applyPendingEvents(): void {
    const list = [...(this.list.value ?? [])];
    let changed = false;
    for (const event of this.#pendingEvents) {
      const index = this.#indexByUuid.get(event.taskforce_uuid);
      const row = index === undefined ? undefined : list[index];
      if (index === undefined || row === undefined || hasPhaseChange(row, event)) continue;
      list[index] = withPhaseChange(row, event);
      changed = true;
    }
    if (changed) this.list.value = list;
    if (!this.#loading) this.#pendingEvents = [];
  }
}

const hasPhaseChange = ({ phase_change_log: log }: Taskforce, { phase, timestamp }: PhaseEvent): boolean =>
  log.some((entry) => entry.timestamp === timestamp && entry.target_phase === phase);

function withPhaseChange(row: Taskforce, { phase, timestamp, was_successful }: PhaseEvent): Taskforce {
  const entry = { target_phase: phase, timestamp, was_successful };
  return { ...row, phase: was_successful ? phase : row.phase, phase_change_log: [...row.phase_change_log, entry] };
}
