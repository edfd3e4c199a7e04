import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Violation } from "./evidence.js";
import { groupedBy } from "./groupBy.js";
import { type Outcome, REQUEST_KINDS } from "./requestHistory.js";
import { INVARIANT_NAMES } from "./invariants.js";
import { BREAK_KINDS, describeBreak } from "./faultPlan.js";
import type { ChaosResult, DoneBreak } from "./runChaos.js";

const OUTCOMES: readonly Outcome[] = ["done", "refused", "unavailable", "lost", "failed"];
/** Invariants that `run.ts` itself looks at: all recovers, none ends by itself. */
const FOUND_ON_THE_WAY = 2;
/** Violations of one invariant that are shown. */
const SHOWN = 5;

/** What a run has shown, as Markdown. */
export function summaryOf(result: ChaosResult): string {
  const { seed, took, breaks, history, recoveries, settledAfter, sizes, violations } = result;
  const slowest = recoveries.reduce((a, b) => (b.took > a.took ? b : a), recoveries[0] ?? NO_RECOVERY);
  const times = recoveries.map((each) => each.took).sort((a, b) => a - b);
  const byKind = groupedBy(breaks, ({ kind }) => kind);
  return [
    ...table(
      ["run", ""],
      [
        ["seed", seed],
        ["duration", `${(took / 60_000).toFixed(1)} min`],
        ["breaks", breaks.length],
        ["requests", history.exchanges.length],
        [
          "workflows, taskforces, HTCondor clusters",
          `${sizes.workflows}, ${sizes.taskforces}, ${sizes.clusters}`,
        ],
        ["invariants", INVARIANT_NAMES.length + FOUND_ON_THE_WAY],
        ["**violations**", `**${violations.length}**`],
        ["recovery, median", seconds(times[Math.floor(times.length / 2)] ?? 0)],
        [
          "recovery, slowest",
          `${seconds(slowest.took)}: ${slowest.kind} after ${slowest.after.map(({ kind }) => kind).join(" + ")}`,
        ],
        ["at rest in the end after", seconds(settledAfter)],
      ],
    ),
    "",
    ...table(
      ["break", "times"],
      BREAK_KINDS.map((kind) => [kind, byKind.get(kind)?.length ?? 0]),
    ),
    "",
    ...table(
      ["request", ...OUTCOMES],
      REQUEST_KINDS.map((kind) => {
        const of = history.of(kind);
        return [kind, ...OUTCOMES.map((outcome) => of.filter((each) => each.outcome === outcome).length)];
      }),
    ),
  ].join("\n");
}

const NO_RECOVERY = { kind: "query", took: 0, after: [] } as const;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/**
 * What is needed to look into violations: a few of each in words, the rest in files.
 *
 * @returns lines; the first ones say how to repeat the run
 */
export function accountOf(result: ChaosResult): string {
  const { seed, violations } = result;
  const folder = keep(result);
  const lines = [
    `${violations.length} violations with seed ${seed}; logs, history and taskforces: ${folder}`,
  ];
  for (const [invariant, all] of groupedBy(violations, (each) => each.invariant)) {
    lines.push(`${invariant}: violated ${all.length} times`);
    for (const violation of all.slice(0, SHOWN)) lines.push(...wordsOf(violation, result));
  }
  return lines.join("\n");
}

function wordsOf({ message, taskforce }: Violation, { taskforces, breaks }: ChaosResult): string[] {
  if (taskforce === undefined) return [`  ${message}`];
  const shown = taskforces.get(taskforce) as { phase_change_log?: { timestamp: number }[] } | undefined;
  const log = shown?.phase_change_log ?? [];
  const last = Math.max(0, ...log.map(({ timestamp }) => timestamp * 1000));
  const before = breaks.findLast(({ began }) => began <= last);
  return [
    `  ${taskforce}: ${message}`,
    `    before its last change: ${before === undefined ? "no break" : whenAndWhat(before)}`,
    ...log.map((entry) => `    ${JSON.stringify(entry)}`),
  ];
}

const whenAndWhat = (done: DoneBreak): string =>
  `${new Date(done.began).toISOString()} ${describeBreak(done)}`;

function keep({ breaks, history, violations, taskforces, logs }: ChaosResult): string {
  const folder = mkdtempSync(join(tmpdir(), "wms-chaos-violations-"));
  const write = (name: string, things: readonly unknown[]) =>
    writeFileSync(join(folder, name), things.map((each) => `${JSON.stringify(each)}\n`).join(""));
  write("violations.jsonl", violations);
  write("breaks.jsonl", breaks);
  write("history.jsonl", history.exchanges);
  write("taskforces.jsonl", [...taskforces.values()]);
  for (const [name, log] of logs) writeFileSync(join(folder, `${name}.log`), log);
  return folder;
}
