import type { ByPhase, Summary, TaskSummary } from "../summary.js";
import { counted, cut, duration, paint, plain } from "./terminal.js";

/** What the workers of a task do. */
interface Workers {
  /** All that were asked for, or are known of. */
  total: number;
  running: number;
  held: number;
  ended: number;
}

const ENDED = new Set(["COMPLETED", "REMOVED"]);
/** Columns of a bar. */
const BAR = 24;
/** Columns of a task's name. */
const NAME = 28;

/** Sums the workers of a task by what HTCondor says of them. */
export function workersOf({ n_workers_requested, compound_statuses }: TaskSummary): Workers {
  const workers = { total: 0, running: 0, held: 0, ended: 0 };
  for (const [condor, byPilot] of Object.entries(compound_statuses)) {
    const count = Object.values(byPilot).reduce((sum, more) => sum + more, 0);
    workers.total += count;
    if (condor === "RUNNING") workers.running += count;
    else if (condor.startsWith("HELD")) workers.held += count;
    else if (ENDED.has(condor)) workers.ended += count;
  }
  return { ...workers, total: Math.max(workers.total, n_workers_requested) };
}

/** The last part of an image's name, which tells tasks apart. */
export const nameOf = (image: string): string => plain(image.split("/").at(-1) || image);

/** `pending-starter 2, condor-submit 1` */
export const phasesOf = (byPhase: ByPhase): string =>
  Object.entries(byPhase)
    .map(([phase, count]) => `${phase} ${count}`)
    .join(", ") || "no taskforces";

/**
 * A task in words: its taskforces by phase, its workers, how many more run than a minute ago, its errors.
 *
 * @param rate workers per minute; undefined while it is not known
 */
export function describeTask(task: TaskSummary, rate?: number): string {
  const { total, running, held, ended } = workersOf(task);
  const errors = Object.values(task.top_task_errors).reduce((sum, more) => sum + more, 0);
  const parts = [`${running} of ${counted(total, "worker")} run`];
  if (rate !== undefined && Math.round(rate) !== 0)
    parts.push(`${rate > 0 ? "+" : "-"}${Math.abs(Math.round(rate))}/min`);
  if (held > 0) parts.push(`${held} held`);
  if (ended > 0) parts.push(`${ended} ended`);
  if (errors > 0) parts.push(paint("red", counted(errors, "error")));
  return `${phasesOf(task.taskforces_by_phase)}; ${parts.join(", ")}`;
}

/** Workers as a bar: `█` running, `▓` ended, `▒` held, `░` still to come. */
export function bar(task: TaskSummary, width = BAR): string {
  const { total, running, held, ended } = workersOf(task);
  let drawn = 0;
  let before = 0;
  const part = (count: number, sign: string, style: "green" | "dim" | "yellow"): string => {
    before += count;
    // From the sum so far, so that parts of rounded lengths fill the bar.
    const columns = (total === 0 ? 0 : Math.round((before / total) * width)) - drawn;
    drawn += columns;
    return columns === 0 ? "" : paint(style, sign.repeat(columns));
  };
  const parts = part(ended, "▓", "dim") + part(running, "█", "green") + part(held, "▒", "yellow");
  return parts + "░".repeat(width - drawn);
}

/** How a workflow does, for a terminal that is drawn anew with each change. @param rates workers per minute, by task */
export function progressLines(summary: Summary, rates: ReadonlyMap<string, number>, width: number): string[] {
  const { workflow_id, deactivated, waiting_for, failed_attempts, n_failed_attempts } = summary;
  const names = Math.min(
    NAME,
    ...summary.tasks.map(({ task_image }) => nameOf(task_image).length).concat(NAME),
  );
  const widest = Math.max(
    names,
    ...summary.tasks.map(({ task_image }) => Math.min(nameOf(task_image).length, NAME)),
  );
  const lines = [
    `${paint("bold", workflow_id)} ${deactivated ?? "runs"}, ${counted(summary.n_taskforces, "taskforce")}`,
  ];
  for (const task of summary.tasks) {
    const name = cut(nameOf(task.task_image), NAME).padEnd(widest);
    lines.push(`${name} ${bar(task)} ${describeTask(task, rates.get(task.task_id))}`);
  }
  if (waiting_for !== null) lines.push(paint("yellow", cut(plain(waiting_for), width)));
  const [last] = failed_attempts;
  if (last !== undefined)
    lines.push(
      cut(`${counted(n_failed_attempts, "failed attempt")}, the last one: ${plain(last.context)}`, width),
    );
  return lines;
}

/** Where the time goes: `pending-starter 2 for up to 4 min`. */
export const phaseTimes = ({ phases }: Summary): string[] =>
  Object.entries(phases).map(([phase, { n, seconds_longest, seconds_mean_past }]) => {
    const usual =
      seconds_mean_past === null ? "" : `; it took ${duration(seconds_mean_past)} on average so far`;
    return `${phase}: ${counted(n, "taskforce")}, the longest for ${duration(seconds_longest)}${usual}`;
  });

/** Seconds over which a rate is measured, and before it is told at all. */
const WINDOW = 60;
const SOONEST = 10;

/** How fast the number of running workers of each task changes. */
export class Rates {
  readonly #seen = new Map<string, { at: number; running: number }[]>();

  /** Takes a summary in. @param now epoch seconds @returns workers per minute, by task */
  after(summary: Summary, now: number): Map<string, number> {
    const rates = new Map<string, number>();
    for (const task of summary.tasks) {
      const { running } = workersOf(task);
      const seen = [...(this.#seen.get(task.task_id) ?? []), { at: now, running }];
      const recent = seen.filter(({ at }) => at >= now - WINDOW);
      this.#seen.set(task.task_id, recent);
      const [oldest] = recent;
      if (oldest !== undefined && now - oldest.at >= SOONEST)
        rates.set(task.task_id, ((running - oldest.running) / (now - oldest.at)) * 60);
    }
    return rates;
  }
}
