import { createLogUpdate } from "log-update";
import type { Summary } from "../apiTypes.js";
import type { Client } from "../client.js";
import { ApiError, isServiceUnavailable } from "../clientErrors.js";
import { areAllEnded, workflowStateLabel } from "../phases.js";
import { abortableDelay } from "../retryRequests.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { WorkerRates } from "../workers.js";
import { EXIT_CODE } from "./exitCodes.js";
import { countWorkers, describeTask, imageLabel, progressLines, topErrorLines, toSentence } from "./progress.js";
import { type Terminal, timeText, toOneLine } from "./terminal.js";
import { truncateToWidth } from "./textWidth.js";

/** Seconds between two reads if the service has no events. */
const POLL_INTERVAL_SECONDS = 2;
/** Seconds until a read without an event, because the durations in the summary increase. */
const REFRESH_INTERVAL_SECONDS = 10;
/** Minimum seconds between two reads. */
const MIN_READ_INTERVAL_SECONDS = 0.3;

/** Shows the progress of a workflow. */
interface ProgressView {
  show(summary: Summary): Promise<void>;
  /** Shows a connection error. */
  showError(message: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

/**
 * Shows the progress of a workflow until it has ended or the user presses Ctrl-C, across restarts of the service.
 *
 * @param options.asJson prints a summary for each change
 * @returns the exit code: 1 for an aborted workflow
 */
export async function watchUntilEnded(
  terminal: Terminal,
  client: Client,
  workflowId: string,
  { asJson = false } = {},
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal);
  const view = createView(terminal, { asJson });
  try {
    for await (const summary of streamSummaries(client, workflowId, interrupt.signal, view.showError)) {
      await view.show(summary);
      if (await isWorkflowEnded(client, summary, interrupt.signal))
        return summary.deactivated === "ABORTED" ? EXIT_CODE.failure : EXIT_CODE.ok;
    }
    return EXIT_CODE.ok;
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT_CODE.interrupted;
    throw error;
  } finally {
    interrupt.abort();
    process.off("SIGINT", onSignal);
    view.close();
  }
}

/** Yields the summary now and after each change. */
async function* streamSummaries(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
  onError: (message: string) => void,
): AsyncGenerator<Summary, never, undefined> {
  const read = (): Promise<Summary> => {
    const params = { path: { workflow_id: workflowId } };
    return unwrapResponse(client.GET("/v1/workflows/{workflow_id}/summary", { params, signal }));
  };
  yield await read();
  const wakeSignal = new WakeSignal();
  const subscription = notifyOnEvents(client, workflowId, signal, onError, wakeSignal);
  for (;;) {
    await Promise.race([wakeSignal.notified(), abortableDelay(REFRESH_INTERVAL_SECONDS, signal), subscription]);
    try {
      yield await read();
    } catch (error) {
      if (!isServiceUnavailable(error)) throw error;
      onError((error as Error).message);
    }
    // One read covers a burst of events.
    await abortableDelay(MIN_READ_INTERVAL_SECONDS, signal);
  }
}

/** Notifies on each event, or every few seconds if the service has no events. @throws errors other than outages */
async function notifyOnEvents(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
  onError: (message: string) => void,
  wakeSignal: WakeSignal,
): Promise<never> {
  const onBreak = (reason: string, delaySeconds: number) =>
    onError(`lost the event stream (${reason}), reconnecting in ${delaySeconds.toFixed(1)} s`);
  const onOpen = () => wakeSignal.notify();
  for (let hasEvents = true; ; await abortableDelay(POLL_INTERVAL_SECONDS, signal)) {
    wakeSignal.notify();
    try {
      if (hasEvents) for await (const _ of client.watch(workflowId, { signal, onBreak, onOpen })) wakeSignal.notify();
    } catch (error) {
      if (isEventRouteMissing(error)) hasEvents = false;
      else if (!isServiceUnavailable(error)) throw error;
    }
  }
}

const isEventRouteMissing = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404 && error.message.startsWith("path not found");

/** Wakes a waiter. Notifications without a waiter count as one. */
class WakeSignal {
  #isNotified = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#isNotified = true;
    this.#wake?.();
  }

  async notified(): Promise<void> {
    if (!this.#isNotified)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#isNotified = false;
  }
}

/** Whether no taskforce of the workflow runs or will run. */
async function isWorkflowEnded(client: Client, summary: Summary, signal: AbortSignal): Promise<boolean> {
  const { n_taskforces, taskforces_by_phase: phases, deactivated, workflow_id } = summary;
  if (areAllEnded(phases)) return true;
  const ended = (phases["condor-rm"] ?? 0) + (phases["condor-complete"] ?? 0);
  if (deactivated === null || ended + (phases["pending-stopper"] ?? 0) < n_taskforces) return false;
  // Taskforces that were never submitted stay in pending-stopper: they have nothing to stop.
  const query = { workflow_id, phase: "pending-stopper", cluster_id: { $ne: null } };
  const search = { query, projection: ["taskforce_uuid"] };
  for await (const _ of client.query("taskforces", search, signal)) return false;
  return true;
}

function createView(terminal: Terminal, { asJson }: { asJson: boolean }): ProgressView {
  if (asJson) return createJsonView(terminal);
  return terminal.isInteractive ? createLiveView(terminal) : createPlainView(terminal);
}

/** Bars on a terminal, updated in place. */
function createLiveView(terminal: Terminal): ProgressView {
  const draw = createLogUpdate(terminal.io.stdout);
  const workerRates = new WorkerRates();
  let lines: string[] = [];
  return {
    async show(summary) {
      const rates = summary.tasks.map((task): [string, number | undefined] => [
        task.task_id,
        workerRates.addCount(task.task_id, Date.now() / 1000, countWorkers(task).ended),
      ]);
      lines = progressLines(terminal, summary, new Map(rates));
      draw(lines.join("\n"));
    },
    showError: (message) => draw([...lines, truncateToWidth(message, terminal.size.columns)].join("\n")),
    close: () => draw.done(),
  };
}

/** A line for each change. */
function createPlainView(terminal: Terminal): ProgressView {
  const shown = new Map<string, string>();
  const printIfChanged = async (subject: string, text: string) => {
    if (shown.get(subject) === text) return;
    shown.set(subject, text);
    await terminal.print(`${timeText(Date.now() / 1000)} ${text}`);
  };
  return {
    async show({ workflow_id, tasks, deactivated, failed_attempts, waiting_for, top_task_errors }) {
      await printIfChanged("workflow", `${workflow_id} ${workflowStateLabel(deactivated)}`);
      for (const task of tasks)
        await printIfChanged(task.task_id, `${task.task_id} ${imageLabel(task.task_image)}: ${describeTask(task)}`);
      const [error] = topErrorLines({ top_task_errors });
      // A higher count of the same error is not a change to report.
      if (error !== undefined) await printIfChanged("errors", `most errors: ${error.replace(/^[\d,]+ × /, "")}`);
      const [last] = failed_attempts;
      if (last !== undefined)
        await printIfChanged(
          "failure",
          `${last.taskforce_uuid} failed ${last.target_phase}: ${toOneLine(last.context)}`,
        );
      await printIfChanged("waiting", waiting_for === null ? "Not waiting." : toSentence(stripDurations(waiting_for)));
    },
    showError: (message) => terminal.printMessage(`ewms: ${message}`),
    close: () => undefined,
  };
}

/** A summary for each change, in one line. */
function createJsonView(terminal: Terminal): ProgressView {
  let shown = "";
  return {
    async show(summary) {
      const { tasks, taskforces_by_phase, deactivated, n_failed_attempts, findings } = summary;
      const codes = findings.map(({ code }) => code);
      const state = JSON.stringify([tasks, taskforces_by_phase, deactivated, n_failed_attempts, codes]);
      if (state !== shown) await terminal.print(JSON.stringify(summary));
      shown = state;
    },
    showError: (message) => terminal.printMessage(`ewms: ${message}`),
    close: () => undefined,
  };
}

/** Removes durations: a longer wait is not a change to report. */
const stripDurations = (text: string): string => text.replace(/, (longest|for) \d+ (s|min|h|days)\b/g, "");
