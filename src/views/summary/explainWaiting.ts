import { STOPPABLE_PHASES } from "../../domain/phases.js";
import type { ScheddWaitReason, WaitReason, WaitReasons, WorkflowSummary } from "../../domain/summary.js";
import { truncateText } from "../../domain/truncateText.js";
import type { Deactivation } from "../../domain/workflow.js";

/** Seconds without a poll after which the sentence mentions it. */
const NO_POLL_WARNING_SECONDS = 300;
/** Maximum number of schedds, or worker statuses, that the sentence names. */
const MAX_NAMED = 3;
/** Maximum characters of an error in the sentence. */
const MAX_ERROR_CHARACTERS = 200;

/**
 * Explains in one sentence why a workflow is waiting.
 *
 * @param nowSeconds epoch seconds
 * @param polls the last poll of each schedd, in epoch seconds
 * @returns null when the workflow is running or has ended
 */
export function explainWaiting(
  summary: WorkflowSummary,
  deactivated: Deactivation | undefined,
  nowSeconds: number,
  polls: ReadonlyMap<string, number>,
): string | null {
  const context = { summary, nowSeconds, polls };
  const parts = deactivated === undefined ? explainActive(context) : explainDeactivation(context, deactivated);
  return parts.length === 0 ? null : parts.join("; ");
}

interface WaitingContext {
  summary: WorkflowSummary;
  /** Epoch seconds. */
  nowSeconds: number;
  /** The last poll of each schedd, in epoch seconds. */
  polls: ReadonlyMap<string, number>;
}

function explainActive(context: WaitingContext): string[] {
  const { waits, taskforces_by_phase, n_taskforces } = context.summary;
  const total = formatTaskforceCount(n_taskforces);
  const formatWaiting = (n: number): string => `${n < n_taskforces ? `${n} of ${total}` : total} ${waitVerb(n)}`;
  const launching = taskforces_by_phase["pre-launch"] ?? 0;
  const parts: string[] = [];
  if (waits.activation !== null)
    parts.push(
      `${formatWaiting(waits.activation.n)} for the MQS to activate the message queues, ` +
        formatWait(waits.activation, "which failed", context),
    );
  if (launching > 0) parts.push(`${formatWaiting(launching)} to be put into the queue of a schedd`);
  const starters = listLongestWaits(waits.starter, (wait) => {
    const time = formatWait(wait, "after a failed submission", context);
    return `${formatWaiting(wait.n)} for schedd ${wait.schedd}, ${time}${explainMissingPolls(wait.schedd, context)}`;
  });
  return [...parts, ...starters, ...listLongestWaits(waits.dead, explainDeadLetters), ...explainIdleWorkers(waits)];
}

const explainDeadLetters = ({ n, schedd, failures, error }: WaitReasons["dead"][number]): string =>
  `${formatTaskforceCount(n)} ${n === 1 ? "was" : "were"} given up at schedd ${schedd} after ` +
  `${failures} failed ${failures === 1 ? "submission" : "submissions"}${error === null ? "" : `: ${formatError(error)}`}; ` +
  `an operator can retry ${n === 1 ? "it" : "them"}`;

/** Mentions idle and held workers only if all workers are idle or held. */
function explainIdleWorkers({ workers }: WaitReasons): string[] {
  const statuses = Object.entries(workers)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (statuses.length === 0 || !statuses.every(([status]) => /^(idle|held)\b/i.test(status))) return [];
  const total = statuses.reduce((sum, [, count]) => sum + count, 0);
  const subject = total === 1 ? "the only worker is" : `all ${total} workers are`;
  const [[only = ""] = []] = statuses;
  if (statuses.length === 1) return [`${subject} ${formatError(only)}`];
  const named = statuses.slice(0, MAX_NAMED).map(([status, count]) => `${formatError(status)} (${count})`);
  return [`${subject} ${[...named, ...(statuses.length > MAX_NAMED ? ["in similar states"] : [])].join(" or ")}`];
}

function explainDeactivation(context: WaitingContext, deactivated: Deactivation): string[] {
  const { waits, taskforces_by_phase, n_taskforces } = context.summary;
  const remainingCount = STOPPABLE_PHASES.reduce((sum, phase) => sum + (taskforces_by_phase[phase] ?? 0), 0);
  const ending = deactivated === "ABORTED" ? "abort" : "finish";
  return [
    ...(remainingCount === 0
      ? []
      : [`the ${ending} has yet to reach ${remainingCount} of ${formatTaskforceCount(n_taskforces)}`]),
    ...listLongestWaits(waits.stopper, (wait) => {
      const { n, schedd } = wait;
      const what = `${n} HTCondor ${n === 1 ? "cluster" : "clusters"} ${waitVerb(n)} to be removed by schedd ${schedd}`;
      return `${what}, ${formatWait(wait, "which failed", context)}${explainMissingPolls(schedd, context)}`;
    }),
  ];
}

/** Mentions that a schedd's TMS does not poll. */
function explainMissingPolls(schedd: string, { polls, nowSeconds }: WaitingContext): string {
  const lastPoll = polls.get(schedd);
  if (lastPoll === undefined) return " (no TMS has asked for work there yet)";
  const seconds = nowSeconds - lastPoll;
  return seconds < NO_POLL_WARNING_SECONDS ? "" : ` (no TMS has asked for work there for ${formatDuration(seconds)})`;
}

/** Names the schedds with the longest waits, and counts the others. */
function listLongestWaits<W extends ScheddWaitReason>(all: readonly W[], format: (waiting: W) => string): string[] {
  const others = all.slice(MAX_NAMED);
  const moreCount = others.reduce((sum, { n }) => sum + n, 0);
  const schedds = others.length === 1 ? "another schedd" : `${others.length} other schedds`;
  return [
    ...all.slice(0, MAX_NAMED).map(format),
    ...(others.length === 0 ? [] : [`the same holds for ${formatTaskforceCount(moreCount)} at ${schedds}`]),
  ];
}

const formatTaskforceCount = (n: number): string => `${n} ${n === 1 ? "taskforce" : "taskforces"}`;
const waitVerb = (n: number): string => (n === 1 ? "is waiting" : "are waiting");

/** Formats how long the oldest wait has lasted, and its error. */
const formatWait = ({ n, since, error }: WaitReason, failed: string, { nowSeconds }: WaitingContext): string =>
  `${n === 1 ? "for" : "longest"} ${formatDuration(nowSeconds - since)}` +
  (error === null ? "" : `, ${failed}: ${formatError(error)}`);

/** Formats a duration: `4 min`. */
function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Shortens an error for the middle of a sentence. */
const formatError = (error: string): string =>
  truncateText(
    error
      .replace(/^ERROR: /, "")
      .replace(/\s+/g, " ")
      .trim()
      .replace(/\.$/, ""),
    MAX_ERROR_CHARACTERS,
  );
