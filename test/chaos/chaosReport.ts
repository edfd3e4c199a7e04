import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Violation } from "./evidence.js";
import { describeFault, FAULT_KINDS } from "./faultPlan.js";
import { groupBy } from "./groupBy.js";
import { INVARIANT_NAMES } from "./invariants.js";
import { REQUEST_KINDS, type RequestOutcome } from "./requestHistory.js";
import type { ChaosResult, InjectedFault } from "./runChaos.js";

const OUTCOMES: readonly RequestOutcome[] = ["done", "refused", "unavailable", "lost", "failed"];
/** Invariants that `runChaos.ts` checks: all requests recover, no process exits by itself. */
const RUN_INVARIANT_COUNT = 2;
/** Violations printed for each invariant. */
const MAX_SHOWN_VIOLATIONS = 5;

/** Formats the results of a run as Markdown tables. */
export function formatSummary(result: ChaosResult): string {
  const { seed, durationMs, faults, history, recoveries, settleMs, sizes, violations, explained } = result;
  const slowest = recoveries.reduce((a, b) => (b.durationMs > a.durationMs ? b : a), recoveries[0] ?? NO_RECOVERY);
  const times = recoveries.map((each) => each.durationMs).sort((a, b) => a - b);
  const byKind = groupBy(faults, ({ kind }) => kind);
  return [
    ...formatTable(
      ["run", ""],
      [
        ["seed", seed],
        ["duration", `${(durationMs / 60_000).toFixed(1)} min`],
        ["faults", faults.length],
        ["requests", history.requests.length],
        ["workflows, taskforces, HTCondor clusters", `${sizes.workflows}, ${sizes.taskforces}, ${sizes.clusters}`],
        ["invariants", INVARIANT_NAMES.length + RUN_INVARIANT_COUNT],
        ["**violations**", `**${violations.length}**`],
        ["explained by writes that replication may lose", explained.length],
        ["recovery, median", formatSeconds(times[Math.floor(times.length / 2)] ?? 0)],
        [
          "recovery, slowest",
          `${formatSeconds(slowest.durationMs)}: ${slowest.kind} after ${slowest.afterFaults.map(({ kind }) => kind).join(" + ")}`,
        ],
        ["settled at the end after", formatSeconds(settleMs)],
      ],
    ),
    "",
    ...formatTable(
      ["fault", "times"],
      FAULT_KINDS.map((kind) => [kind, byKind.get(kind)?.length ?? 0]),
    ),
    "",
    ...formatTable(
      ["request", ...OUTCOMES],
      REQUEST_KINDS.map((kind) => {
        const of = history.ofKinds(kind);
        return [kind, ...OUTCOMES.map((outcome) => of.filter((each) => each.outcome === outcome).length)];
      }),
    ),
  ].join("\n");
}

const NO_RECOVERY = { kind: "query", durationMs: 0, afterFaults: [] } as const;

const formatSeconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

function formatTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/**
 * Formats the first violations of each invariant, and writes all evidence to files.
 *
 * @returns lines; the first one names the seed and the folder
 */
export function formatViolations(result: ChaosResult): string {
  const { seed, violations } = result;
  const folder = writeViolationFiles(result);
  const lines = [`${violations.length} violations with seed ${seed}; logs, history and taskforces: ${folder}`];
  for (const [invariant, all] of groupBy(violations, (each) => each.invariant)) {
    lines.push(`${invariant}: violated ${all.length} times`);
    for (const violation of all.slice(0, MAX_SHOWN_VIOLATIONS)) lines.push(...describeViolation(violation, result));
  }
  return lines.join("\n");
}

function describeViolation({ message, taskforce }: Violation, { taskforces, faults }: ChaosResult): string[] {
  if (taskforce === undefined) return [`  ${message}`];
  const shown = taskforces.get(taskforce) as { phase_change_log?: { timestamp: number }[] } | undefined;
  const log = shown?.phase_change_log ?? [];
  const last = Math.max(0, ...log.map(({ timestamp }) => timestamp * 1000));
  const before = faults.findLast(({ beganAtMs }) => beganAtMs <= last);
  return [
    `  ${taskforce}: ${message}`,
    `    before its last change: ${before === undefined ? "no fault" : describeInjectedFault(before)}`,
    ...log.map((entry) => `    ${JSON.stringify(entry)}`),
  ];
}

const describeInjectedFault = (fault: InjectedFault): string =>
  `${new Date(fault.beganAtMs).toISOString()} ${describeFault(fault)}`;

function writeViolationFiles({ faults, history, violations, taskforces, logs }: ChaosResult): string {
  const folder = mkdtempSync(join(tmpdir(), "wms-chaos-violations-"));
  const write = (name: string, things: readonly unknown[]) =>
    writeFileSync(join(folder, name), things.map((each) => `${JSON.stringify(each)}\n`).join(""));
  write("violations.jsonl", violations);
  write("faults.jsonl", faults);
  write("history.jsonl", history.requests);
  write("taskforces.jsonl", [...taskforces.values()]);
  for (const [name, log] of logs) writeFileSync(join(folder, `${name}.log`), log);
  return folder;
}
