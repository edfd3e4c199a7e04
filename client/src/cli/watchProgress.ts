import { createLogUpdate } from "log-update";
import { answerOf } from "../unwrapResponse.js";
import type { Client } from "../client.js";
import { Refusal, Unreachable } from "../clientErrors.js";
import { pause } from "../retryRequests.js";
import type { Summary } from "../summaryTypes.js";
import { EXIT } from "./exitCodes.js";
import { describeTask, nameOf, progressLines, Rates, sentence } from "./progress.js";
import { cut, isTerminal, note, plain, print, size, time } from "./terminal.js";

/** Seconds between two looks where the service has no events. */
const POLL = 2;
/** Seconds after which is looked again although nothing was told: waits grow longer. */
const REFRESH = 10;
/** Seconds between two looks at least. */
const BREATH = 0.3;

/** Shows how a workflow does. */
interface View {
  show(summary: Summary): Promise<void>;
  /** The service is away. */
  trouble(words: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

/**
 * Shows how a workflow does until it has ended or Ctrl-C is pressed, across restarts of the service.
 *
 * @returns the exit code: 1 for a workflow that was aborted
 */
export async function follow(client: Client, workflowId: string): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal);
  const view = isTerminal() ? liveView() : plainView();
  try {
    for await (const summary of summariesOf(client, workflowId, interrupt.signal, view.trouble)) {
      await view.show(summary);
      if (await isOver(client, summary)) return summary.deactivated === "ABORTED" ? EXIT.failure : EXIT.ok;
    }
    return EXIT.ok;
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    interrupt.abort();
    process.off("SIGINT", onSignal);
    view.close();
  }
}

/** How the workflow does now, and then whenever that has changed. */
async function* summariesOf(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
  onTrouble: (words: string) => void,
): AsyncGenerator<Summary, never, undefined> {
  const read = (): Promise<Summary> => {
    const params = { path: { workflow_id: workflowId } };
    return answerOf(client.GET("/v1/workflows/{workflow_id}/summary", { params, signal }));
  };
  yield await read();
  const bell = new Bell();
  const listening = listen(client, workflowId, signal, onTrouble, bell);
  for (;;) {
    await Promise.race([bell.rung(), pause(REFRESH, signal), listening]);
    try {
      yield await read();
    } catch (error) {
      if (!isAway(error)) throw error;
      onTrouble((error as Error).message);
    }
    // Many events come at once where many taskforces move.
    await pause(BREATH, signal);
  }
}

/** Rings for each event; without end, but for errors. A service without events is asked again and again. */
async function listen(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
  onTrouble: (words: string) => void,
  bell: Bell,
): Promise<never> {
  const onBreak = (reason: string, wait: number) =>
    onTrouble(`the events broke off (${reason}), connects again in ${wait.toFixed(1)} s`);
  for (let hasEvents = true; ; await pause(POLL, signal)) {
    bell.ring();
    try {
      if (hasEvents)
        for await (const _ of client.watch(workflowId, { signal, onBreak, onOpen: () => bell.ring() }))
          bell.ring();
    } catch (error) {
      if (hasNoEvents(error)) hasEvents = false;
      else if (!isAway(error)) throw error;
    }
  }
}

const hasNoEvents = (error: unknown): boolean =>
  error instanceof Refusal && error.status === 404 && error.message.startsWith("path not found");

const isAway = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Refusal && error.status >= 500);

/** Wakes the one who waits; rings that nobody waits for are kept as one. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async rung(): Promise<void> {
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#rung = false;
  }
}

/** Whether nothing of the workflow runs any more, or will. */
async function isOver(client: Client, summary: Summary): Promise<boolean> {
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
function liveView(): View {
  const draw = createLogUpdate(process.stdout);
  const rates = new Rates();
  let lines: string[] = [];
  return {
    async show(summary) {
      lines = progressLines(summary, rates.after(summary, Date.now() / 1000), size());
      draw(lines.join("\n"));
    },
    trouble: (words) => draw([...lines, cut(words, size().columns)].join("\n")),
    close: () => draw.done(),
  };
}

/** A line for whatever has changed. */
function plainView(): View {
  const shown = new Map<string, string>();
  const changed = async (about: string, text: string) => {
    if (shown.get(about) === text) return;
    shown.set(about, text);
    await print(`${time(Date.now() / 1000)} ${text}`);
  };
  return {
    async show({ workflow_id, tasks, deactivated, failed_attempts, waiting_for }) {
      await changed("workflow", `${workflow_id} ${deactivated ?? "runs"}`);
      for (const task of tasks)
        await changed(task.task_id, `${task.task_id} ${nameOf(task.task_image)}: ${describeTask(task)}`);
      const [last] = failed_attempts;
      if (last !== undefined)
        await changed(
          "failure",
          `${last.taskforce_uuid} failed ${last.target_phase}: ${plain(last.context)}`,
        );
      await changed(
        "waiting",
        waiting_for === null ? "Waits for nothing." : sentence(withoutTimes(waiting_for)),
      );
    },
    trouble: (words) => note(`ewms: ${words}`),
    close: () => undefined,
  };
}

/** A wait that only grew longer is no news. */
const withoutTimes = (words: string): string => words.replace(/, (longest|for) \d+ (s|min|h|days)\b/g, "");
