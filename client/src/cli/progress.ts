import type { ByPhase, Summary, TaskSummary } from "../apiTypes.js";
import { foldErrors } from "../foldErrorCounts.js";
import { formatCount, formatDuration, formatNumber, imageName } from "../format.js";
import { orderByPhase, workflowStateLabel } from "../phases.js";
import { countWorkersByKind } from "../workers.js";
import { type Style, type Terminal, toOneLine } from "./terminal.js";
import { truncateToWidth } from "./textWidth.js";

/** Columns of a bar. */
const MAX_BAR_COLUMNS = 24;
const MIN_BAR_COLUMNS = 8;
/** Maximum columns of a task's name. */
const MAX_NAME_COLUMNS = 24;

/** Counts the workers of a task; `total` is the larger of the requested and the reported workers. */
export function countWorkers({ n_workers_requested, compound_statuses }: TaskSummary) {
  const kinds = countWorkersByKind(compound_statuses);
  const { working, starting, held, done, failed, removed } = kinds;
  const reported = Object.values(kinds).reduce((sum, more) => sum + more, 0);
  return {
    total: Math.max(reported, n_workers_requested),
    running: working + starting,
    held,
    ended: done + failed,
    removed,
  };
}

/** The name of a task's image. */
export const imageLabel = (image: string): string => toOneLine(imageName(image));

/** `2 waiting to start, 1 submitted` */
export const phaseCountsText = (byPhase: ByPhase): string =>
  orderByPhase(byPhase)
    .map(({ label, value }) => `${value} ${label}`)
    .join(", ") || "no taskforces";

/**
 * A task as text: its taskforces by phase, its workers and errors.
 *
 * @param rate workers that end per minute; undefined while unknown
 */
export const describeTask = (task: TaskSummary, rate = 0): string =>
  `${phaseCountsText(task.taskforces_by_phase)}; ${workersText(task, rate)}`;

/** The workers of a task and its errors: `3 of 10 workers running, 2 held, 1 error`. @see describeTask */
export const workersText = (task: TaskSummary, rate = 0): string =>
  [...workerCounts(task, rate), ...errorCount(task)].join(", ");

function workerCounts(task: TaskSummary, rate: number): string[] {
  const { total, running, held, ended, removed } = countWorkers(task);
  const perMinute = rate < 0.5 ? "" : ` (${Math.round(rate)}/min)`;
  return [
    `${running} of ${formatCount(total, "worker")} running`,
    ...(held === 0 ? [] : [`${held} held`]),
    ...(ended === 0 ? [] : [`${ended} ended${perMinute}`]),
    ...(removed === 0 ? [] : [`${removed} removed`]),
  ];
}

/** The number of errors as a text, unless there are none. */
function errorCount({ top_task_errors }: TaskSummary): string[] {
  const errors = Object.values(top_task_errors).reduce((sum, more) => sum + more, 0);
  return errors === 0 ? [] : [formatCount(errors, "error")];
}

/** The same with the errors first, which a narrow terminal must not cut off. */
const describeErrorsFirst = (task: TaskSummary, rate = 0): string =>
  [...errorCount(task), `${phaseCountsText(task.taskforces_by_phase)}; ${workerCounts(task, rate).join(", ")}`].join(
    ", ",
  );

/** The most frequent error texts of a workflow, in one line each: `12 × no space left`. */
export const topErrorLines = ({ top_task_errors }: Pick<Summary, "top_task_errors">): string[] =>
  foldErrors(Object.entries(top_task_errors))
    .slice(0, MAX_ERROR_LINES)
    .map(({ text, count }) => `${formatNumber(count)} × ${toOneLine(text)}`);

/** Workers as a bar: `▓` ended, `×` removed, `█` running, `▒` held, `░` pending. */
function workerBar(terminal: Terminal, task: TaskSummary, width: number): string {
  const { total, running, held, ended, removed } = countWorkers(task);
  let drawn = 0;
  let before = 0;
  const part = (count: number, character: string, style: Style): string => {
    before += count;
    // Rounds the running sum, so that the rounded lengths fill the bar.
    const length = (total === 0 ? 0 : Math.round((before / total) * width)) - drawn;
    drawn += length;
    return length === 0 ? "" : terminal.colorize(style, character.repeat(length));
  };
  const past = part(ended, "▓", "dim") + part(removed, "×", "dim");
  const present = part(running, "█", "green") + part(held, "▒", "yellow");
  return past + present + "░".repeat(width - drawn);
}

/** Error texts that the progress shows. */
const MAX_ERROR_LINES = 2;
/** Lines besides those of tasks: header, omitted tasks, errors, wait, failures, connection error and cursor. */
const NON_TASK_LINES = 6 + MAX_ERROR_LINES;

/**
 * The progress of a workflow for a terminal.
 *
 * @param rates workers that end per minute, by task
 * @returns lines that fit into the terminal
 */
export function progressLines(
  terminal: Terminal,
  summary: Summary,
  rates: ReadonlyMap<string, number | undefined>,
): string[] {
  const { columns, rows } = terminal.size;
  const { workflow_id, deactivated, n_taskforces, waiting_for, failed_attempts, n_failed_attempts } = summary;
  const tasks = summary.tasks.slice(0, Math.max(1, rows - NON_TASK_LINES));
  const names = tasks.map(({ task_image }, index) =>
    truncateToWidth(`${index + 1} ${imageLabel(task_image)}`, MAX_NAME_COLUMNS),
  );
  const widest = Math.max(0, ...names.map((name) => name.length));
  const texts = tasks.map((task) => describeErrorsFirst(task, rates.get(task.task_id)));
  const freeColumns = columns - widest - 2;
  const width = Math.min(
    MAX_BAR_COLUMNS,
    Math.max(MIN_BAR_COLUMNS, freeColumns - Math.max(0, ...texts.map((text) => text.length))),
  );
  const lines = [
    `${terminal.colorize("bold", workflow_id)} ${workflowStateLabel(deactivated)}, ${formatCount(n_taskforces, "taskforce")}`,
  ];
  for (const [index, task] of tasks.entries()) {
    const text = truncateToWidth(texts[index] ?? "", freeColumns - width).replace(/^[\d,]+ errors?/, (errors) =>
      terminal.colorize("red", errors),
    );
    lines.push(`${names[index]?.padEnd(widest)} ${workerBar(terminal, task, width)} ${text}`);
  }
  const others = summary.tasks.length - tasks.length;
  if (others > 0) lines.push(`and ${formatCount(others, "more task")}`);
  lines.push(...topErrorLines(summary).map((line) => terminal.colorize("red", truncateToWidth(line, columns))));
  if (waiting_for !== null) lines.push(terminal.colorize("yellow", truncateToWidth(toSentence(waiting_for), columns)));
  const [last] = failed_attempts;
  if (last !== undefined)
    lines.push(
      truncateToWidth(`${formatCount(n_failed_attempts, "failed attempt")}, last: ${toOneLine(last.context)}`, columns),
    );
  return lines;
}

/** A text of the service as a sentence. */
export const toSentence = (text: string): string => toOneLine(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);

/** The time in each phase: `waiting to start: 2 taskforces, longest 4 min; others took 3 s on average` */
export const phaseTimeLines = ({ phases }: Summary): string[] =>
  orderByPhase(phases).map(({ label, value: { n, seconds_longest, seconds_mean_past } }) => {
    const now =
      n === 0
        ? []
        : [`${formatCount(n, "taskforce")}, ${n === 1 ? "for" : "longest"} ${formatDuration(seconds_longest)}`];
    const past =
      seconds_mean_past === null
        ? []
        : [`${n === 0 ? "" : "others "}took ${formatDuration(seconds_mean_past)} on average`];
    return `${label}: ${[...now, ...past].join("; ")}`;
  });
