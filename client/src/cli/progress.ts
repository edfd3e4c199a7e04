import type { ByPhase, Summary, TaskSummary } from "../summaryTypes.js";
import {
  colorize,
  countText,
  durationText,
  replaceControlCharacters,
  type Style,
  truncateToWidth,
} from "./terminal.js";

/** What the workers of a task do. */
interface WorkerCounts {
  /** All that were asked for, or are known of. */
  total: number;
  running: number;
  held: number;
  ended: number;
}

const ENDED_STATUSES = new Set(["COMPLETED", "REMOVED"]);
/** Columns of a bar where there is room for it, and at least. */
const MAX_BAR_COLUMNS = 24;
const MIN_BAR_COLUMNS = 8;
/** Columns of a task's name, at most. */
const MAX_NAME_COLUMNS = 24;

/** Sums the workers of a task by what HTCondor says of them. */
export function countWorkers({ n_workers_requested, compound_statuses }: TaskSummary): WorkerCounts {
  const workers = { total: 0, running: 0, held: 0, ended: 0 };
  for (const [condor, byPilot] of Object.entries(compound_statuses)) {
    const count = Object.values(byPilot).reduce((sum, more) => sum + more, 0);
    workers.total += count;
    if (condor === "RUNNING") workers.running += count;
    else if (condor.startsWith("HELD")) workers.held += count;
    else if (ENDED_STATUSES.has(condor)) workers.ended += count;
  }
  return { ...workers, total: Math.max(workers.total, n_workers_requested) };
}

/** The last part of an image's name, which tells tasks apart. */
export const imageLabel = (image: string): string => replaceControlCharacters(image.split("/").at(-1) || image);

/** `pending-starter 2, condor-submit 1` */
export const phaseCountsText = (byPhase: ByPhase): string =>
  Object.entries(byPhase)
    .map(([phase, count]) => `${phase} ${count}`)
    .join(", ") || "no taskforces";

/**
 * A task in words: its taskforces by phase, its workers, how many more run than a minute ago, its errors.
 *
 * @param rate workers that end per minute; undefined while it is not known
 */
export function describeTask(task: TaskSummary, rate = 0): string {
  const { total, running, held, ended } = countWorkers(task);
  const errors = Object.values(task.top_task_errors).reduce((sum, more) => sum + more, 0);
  const perMinute = rate < 0.5 ? "" : ` (${Math.round(rate)}/min)`;
  return [
    `${phaseCountsText(task.taskforces_by_phase)}; ${running} of ${countText(total, "worker")} run`,
    ...(held === 0 ? [] : [`${held} held`]),
    ...(ended === 0 ? [] : [`${ended} ended${perMinute}`]),
    ...(errors === 0 ? [] : [countText(errors, "error")]),
  ].join(", ");
}

/** Workers as a bar: `▓` ended, `█` running, `▒` held, `░` still to come. */
export function workerBar(task: TaskSummary, width: number): string {
  const { total, running, held, ended } = countWorkers(task);
  let drawn = 0;
  let before = 0;
  const part = (count: number, sign: string, style: Style): string => {
    before += count;
    // From the sum so far, so that parts of rounded lengths fill the bar.
    const length = (total === 0 ? 0 : Math.round((before / total) * width)) - drawn;
    drawn += length;
    return length === 0 ? "" : colorize(style, sign.repeat(length));
  };
  const parts = part(ended, "▓", "dim") + part(running, "█", "green") + part(held, "▒", "yellow");
  return parts + "░".repeat(width - drawn);
}

/** The part of a terminal that can be drawn on. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** Lines beside those of tasks: head, tasks left out, wait, failures, trouble, and the cursor's. */
const NON_TASK_LINES = 6;

/**
 * How a workflow does, for a terminal that is drawn anew with each change.
 *
 * @param rates workers that end per minute, by task
 * @returns lines that fit
 */
export function progressLines(
  summary: Summary,
  rates: ReadonlyMap<string, number>,
  { columns, rows }: TerminalSize,
): string[] {
  const { workflow_id, deactivated, n_taskforces, waiting_for, failed_attempts, n_failed_attempts } = summary;
  const tasks = summary.tasks.slice(0, Math.max(1, rows - NON_TASK_LINES));
  const names = tasks.map(({ task_image }, index) =>
    truncateToWidth(`${index + 1} ${imageLabel(task_image)}`, MAX_NAME_COLUMNS),
  );
  const widest = Math.max(0, ...names.map((name) => name.length));
  const texts = tasks.map((task) => describeTask(task, rates.get(task.task_id)));
  const room = columns - widest - 2;
  const width = Math.min(
    MAX_BAR_COLUMNS,
    Math.max(MIN_BAR_COLUMNS, room - Math.max(0, ...texts.map((text) => text.length))),
  );
  const lines = [`${colorize("bold", workflow_id)} ${deactivated ?? "runs"}, ${countText(n_taskforces, "taskforce")}`];
  for (const [index, task] of tasks.entries()) {
    const text = truncateToWidth(texts[index] ?? "", room - width).replace(/\d+ errors?$/, (errors) =>
      colorize("red", errors),
    );
    lines.push(`${names[index]?.padEnd(widest)} ${workerBar(task, width)} ${text}`);
  }
  const others = summary.tasks.length - tasks.length;
  if (others > 0) lines.push(`and ${countText(others, "more task")}`);
  if (waiting_for !== null) lines.push(colorize("yellow", truncateToWidth(toSentence(waiting_for), columns)));
  const [last] = failed_attempts;
  if (last !== undefined)
    lines.push(
      truncateToWidth(
        `${countText(n_failed_attempts, "failed attempt")}, the last one: ${replaceControlCharacters(last.context)}`,
        columns,
      ),
    );
  return lines;
}

/** The service's words as a sentence. */
export const toSentence = (text: string): string =>
  replaceControlCharacters(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);

/** Where the time goes: `pending-starter: 2 taskforces, the longest for 4 min; others took 3 s on average`. */
export const phaseTimeLines = ({ phases }: Summary): string[] =>
  Object.entries(phases).map(([phase, { n, seconds_longest, seconds_mean_past }]) => {
    const now = n === 0 ? [] : [`${countText(n, "taskforce")}, ${ageLabel(n)} ${durationText(seconds_longest)}`];
    const past =
      seconds_mean_past === null
        ? []
        : [`${n === 0 ? "" : "others "}took ${durationText(seconds_mean_past)} on average`];
    return `${phase}: ${[...now, ...past].join("; ")}`;
  });

const ageLabel = (n: number): string => (n === 1 ? "for" : "the longest for");

/** Seconds over which a rate is measured, and before it is told at all. */
const RATE_WINDOW_SECONDS = 60;
const MIN_RATE_SECONDS = 10;

/** How fast the workers of each task end. */
export class EndedWorkerRates {
  readonly #samples = new Map<string, { at: number; ended: number }[]>();

  /** Takes a summary in. @param nowSeconds epoch seconds @returns workers that end per minute, by task */
  addSummary(summary: Summary, nowSeconds: number): Map<string, number> {
    const rates = new Map<string, number>();
    for (const task of summary.tasks) {
      const { ended } = countWorkers(task);
      const seen = [...(this.#samples.get(task.task_id) ?? []), { at: nowSeconds, ended }];
      const recent = seen.filter(({ at }) => at >= nowSeconds - RATE_WINDOW_SECONDS);
      this.#samples.set(task.task_id, recent);
      const [oldest] = recent;
      if (oldest !== undefined && nowSeconds - oldest.at >= MIN_RATE_SECONDS)
        rates.set(task.task_id, ((ended - oldest.ended) / (nowSeconds - oldest.at)) * 60);
    }
    return rates;
  }
}
