import { createLogUpdate } from "log-update";
import type { Client } from "../client.js";
import { ApiError, Unreachable } from "../clientErrors.js";
import { abortableDelay } from "../retryRequests.js";
import type { Summary } from "../summaryTypes.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { EXIT_CODE } from "./exitCodes.js";
import { describeTask, EndedWorkerRates, imageLabel, progressLines, toSentence } from "./progress.js";
import {
  isTerminal,
  printLine,
  printToStderr,
  replaceControlCharacters,
  terminalSize,
  timeText,
  truncateToWidth,
} from "./terminal.js";

/** Seconds between two looks where the service has no events. */
const POLL_INTERVAL_SECONDS = 2;
/** Seconds after which is looked again although nothing was told: waits grow longer. */
const REFRESH_INTERVAL_SECONDS = 10;
/** Seconds between two looks at least. */
const MIN_READ_INTERVAL_SECONDS = 0.3;

/** Shows how a workflow does. */
interface ProgressView {
  show(summary: Summary): Promise<void>;
  /** The service is away. */
  showError(words: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

/**
 * Shows how a workflow does until it has ended or Ctrl-C is pressed, across restarts of the service.
 *
 * @returns the exit code: 1 for a workflow that was aborted
 */
export async function watchUntilEnded(client: Client, workflowId: string): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal);
  const view = isTerminal() ? createLiveView() : createPlainView();
  try {
    for await (const summary of streamSummaries(client, workflowId, interrupt.signal, view.showError)) {
      await view.show(summary);
      if (await isWorkflowEnded(client, summary))
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

/** How the workflow does now, and then whenever that has changed. */
async function* streamSummaries(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
  onError: (words: string) => void,
): AsyncGenerator<Summary, never, undefined> {
  const read = (): Promise<Summary> => {
    const params = { path: { workflow_id: workflowId } };
    return unwrapResponse(client.GET("/v1/workflows/{workflow_id}/summary", { params, signal }));
  };
  yield await read();
  const wakeSignal = new WakeSignal();
  const subscription = notifyOnEvents(client, workflowId, signal, onError, wakeSignal);
  for (;;) {
    await Promise.race([wakeSignal.rung(), abortableDelay(REFRESH_INTERVAL_SECONDS, signal), subscription]);
    try {
      yield await read();
    } catch (error) {
      if (!isServiceUnavailable(error)) throw error;
      onError((error as Error).message);
    }
    // Many events come at once where many taskforces move.
    await abortableDelay(MIN_READ_INTERVAL_SECONDS, signal);
  }
}

/** Rings for each event; without end, but for errors. A service without events is asked again and again. */
async function notifyOnEvents(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
  onError: (words: string) => void,
  wakeSignal: WakeSignal,
): Promise<never> {
  const onBreak = (reason: string, wait: number) =>
    onError(`the events broke off (${reason}), connects again in ${wait.toFixed(1)} s`);
  for (let hasEvents = true; ; await abortableDelay(POLL_INTERVAL_SECONDS, signal)) {
    wakeSignal.notify();
    try {
      if (hasEvents)
        for await (const _ of client.watch(workflowId, {
          signal,
          onBreak,
          onOpen: () => wakeSignal.notify(),
        }))
          wakeSignal.notify();
    } catch (error) {
      if (isEventRouteMissing(error)) hasEvents = false;
      else if (!isServiceUnavailable(error)) throw error;
    }
  }
}

const isEventRouteMissing = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404 && error.message.startsWith("path not found");

const isServiceUnavailable = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiError && error.status >= 500);

/** Wakes the one who waits; rings that nobody waits for are kept as one. */
class WakeSignal {
  #isNotified = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#isNotified = true;
    this.#wake?.();
  }

  async rung(): Promise<void> {
    if (!this.#isNotified)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#isNotified = false;
  }
}

/** Whether nothing of the workflow runs any more, or will. */
async function isWorkflowEnded(client: Client, summary: Summary): Promise<boolean> {
  const { n_taskforces, taskforces_by_phase: phases, deactivated, workflow_id } = summary;
  const ended = (phases["condor-rm"] ?? 0) + (phases["condor-complete"] ?? 0);
  if (ended === n_taskforces) return true;
  if (deactivated === null || ended + (phases["pending-stopper"] ?? 0) < n_taskforces) return false;
  // What was never submitted waits for a stop that nobody has to make.
  const query = { workflow_id, phase: "pending-stopper", cluster_id: { $ne: null } };
  for await (const _ of client.query("taskforces", { query, projection: ["taskforce_uuid"] })) return false;
  return true;
}

/** Bars that are drawn anew in their place. */
function createLiveView(): ProgressView {
  const draw = createLogUpdate(process.stdout);
  const rates = new EndedWorkerRates();
  let lines: string[] = [];
  return {
    async show(summary) {
      lines = progressLines(summary, rates.addSummary(summary, Date.now() / 1000), terminalSize());
      draw(lines.join("\n"));
    },
    showError: (words) => draw([...lines, truncateToWidth(words, terminalSize().columns)].join("\n")),
    close: () => draw.done(),
  };
}

/** A line for whatever has changed. */
function createPlainView(): ProgressView {
  const shown = new Map<string, string>();
  const changed = async (about: string, text: string) => {
    if (shown.get(about) === text) return;
    shown.set(about, text);
    await printLine(`${timeText(Date.now() / 1000)} ${text}`);
  };
  return {
    async show({ workflow_id, tasks, deactivated, failed_attempts, waiting_for }) {
      await changed("workflow", `${workflow_id} ${deactivated ?? "runs"}`);
      for (const task of tasks)
        await changed(task.task_id, `${task.task_id} ${imageLabel(task.task_image)}: ${describeTask(task)}`);
      const [last] = failed_attempts;
      if (last !== undefined)
        await changed(
          "failure",
          `${last.taskforce_uuid} failed ${last.target_phase}: ${replaceControlCharacters(last.context)}`,
        );
      await changed("waiting", waiting_for === null ? "Waits for nothing." : toSentence(stripDurations(waiting_for)));
    },
    showError: (words) => printToStderr(`ewms: ${words}`),
    close: () => undefined,
  };
}

/** A wait that only grew longer is no news. */
const stripDurations = (words: string): string => words.replace(/, (longest|for) \d+ (s|min|h|days)\b/g, "");
