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
  const explainPolls = (schedd: string): string => explainMissingPolls(polls.get(schedd), nowSeconds);
  const parts =
    deactivated === undefined
      ? explainActive(summary, nowSeconds, explainPolls)
      : explainDeactivation(summary, deactivated, nowSeconds, explainPolls);
  return parts.length === 0 ? null : parts.join("; ");
}

function explainActive(
  { waits, taskforces_by_phase, n_taskforces }: WorkflowSummary,
  nowSeconds: number,
  explainPolls: (schedd: string) => string,
): string[] {
  const formatShare = (n: number): string =>
    n < n_taskforces ? `${n} of ${formatTaskforceCount(n_taskforces)}` : formatTaskforceCount(n);
  const launching = taskforces_by_phase["pre-launch"] ?? 0;
  return [
    ...(waits.activation === null ? [] : [explainActivation(waits.activation, formatShare, nowSeconds)]),
    ...(launching === 0
      ? []
      : [`${formatShare(launching)} ${waitVerb(launching)} to be put into the queue of a schedd`]),
    ...listLongestWaits(
      waits.starter,
      (each) => explainStarterWait(each, formatShare, nowSeconds) + explainPolls(each.schedd),
    ),
    ...listLongestWaits(waits.dead, explainDeadLetters),
    ...explainIdleWorkers(waits),
  ];
}

const explainActivation = (waiting: WaitReason, formatShare: (n: number) => string, nowSeconds: number): string =>
  `${formatShare(waiting.n)} ${waitVerb(waiting.n)} for the MQS to activate the message queues, ${formatWait(waiting, nowSeconds)}` +
  (waiting.error === null ? "" : `, which failed: ${formatError(waiting.error)}`);

const explainStarterWait = (
  waiting: ScheddWaitReason,
  formatShare: (n: number) => string,
  nowSeconds: number,
): string =>
  `${formatShare(waiting.n)} ${waitVerb(waiting.n)} for schedd ${waiting.schedd}, ${formatWait(waiting, nowSeconds)}` +
  (waiting.error === null ? "" : `, after a failed submission: ${formatError(waiting.error)}`);

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

function explainDeactivation(
  { waits, taskforces_by_phase, n_taskforces }: WorkflowSummary,
  deactivated: Deactivation,
  nowSeconds: number,
  explainPolls: (schedd: string) => string,
): string[] {
  const remainingCount = STOPPABLE_PHASES.reduce((sum, phase) => sum + (taskforces_by_phase[phase] ?? 0), 0);
  const ending = deactivated === "ABORTED" ? "abort" : "finish";
  return [
    ...(remainingCount === 0
      ? []
      : [`the ${ending} has yet to reach ${remainingCount} of ${formatTaskforceCount(n_taskforces)}`]),
    ...listLongestWaits(waits.stopper, (waiting) => {
      const { n, schedd, error } = waiting;
      const what = `${n} HTCondor ${n === 1 ? "cluster" : "clusters"} ${waitVerb(n)} to be removed by schedd ${schedd}`;
      const failure = error === null ? "" : `, which failed: ${formatError(error)}`;
      return `${what}, ${formatWait(waiting, nowSeconds)}${failure}${explainPolls(schedd)}`;
    }),
  ];
}

/** Mentions that a schedd's TMS does not poll. */
function explainMissingPolls(lastPoll: number | undefined, nowSeconds: number): string {
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

const formatWait = ({ n, since }: WaitReason, nowSeconds: number): string =>
  `${n === 1 ? "for" : "longest"} ${formatDuration(nowSeconds - since)}`;

/** Formats a duration: `4 min`. */
function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Shortens an error for the middle of a sentence. */
function formatError(error: string): string {
  const text = error
    .replace(/^ERROR: /, "")
    .replace(/\s+/g, " ")
    .trim();
  return truncateText(text.replace(/\.$/, ""), MAX_ERROR_CHARACTERS);
}
