import { STOPPABLE } from "../../domain/phases.js";
import { shortened } from "../../domain/truncateText.js";
import type { Waiting, WaitingAt, Waits, WorkflowSummary } from "../../domain/summary.js";
import type { Deactivation } from "../../domain/workflow.js";

/** Seconds after which it is worth a word that no TMS asks for work. */
const SILENCE = 300;
/** Schedds, or statuses of workers, that the sentence names one by one. */
const NAMED = 3;
/** Characters of an error in the sentence. */
const LONGEST_ERROR = 200;

/**
 * What a workflow waits for, in one sentence.
 *
 * @param at epoch seconds of now
 * @param polls epoch seconds at which a TMS last asked for work for each schedd
 * @returns null when nothing waits: it runs, or has ended
 */
export function waitingFor(
  summary: WorkflowSummary,
  deactivated: Deactivation | undefined,
  at: number,
  polls: ReadonlyMap<string, number>,
): string | null {
  const silence = (schedd: string): string => silenceAt(polls.get(schedd), at);
  const parts =
    deactivated === undefined
      ? partsOfActive(summary, at, silence)
      : partsOfEnding(summary, deactivated, at, silence);
  return parts.length === 0 ? null : parts.join("; ");
}

function partsOfActive(
  { waits, taskforces_by_phase, n_taskforces }: WorkflowSummary,
  at: number,
  silence: (schedd: string) => string,
): string[] {
  const some = (n: number): string =>
    n < n_taskforces ? `${n} of ${taskforces(n_taskforces)}` : taskforces(n);
  const launching = taskforces_by_phase["pre-launch"] ?? 0;
  return [
    ...(waits.activation === null ? [] : [activationPart(waits.activation, some, at)]),
    ...(launching === 0
      ? []
      : [`${some(launching)} ${verb(launching)} to be put into the queue of a schedd`]),
    ...namedFirst(waits.starter, (each) => starterPart(each, some, at) + silence(each.schedd)),
    ...namedFirst(waits.dead, deadPart),
    ...workersPart(waits),
  ];
}

/** The MQS was asked, or not yet. */
const activationPart = (waiting: Waiting, some: (n: number) => string, at: number): string =>
  `${some(waiting.n)} ${verb(waiting.n)} for the MQS to activate the message queues, ${howLong(waiting, at)}` +
  (waiting.error === null ? "" : `, which failed: ${brief(waiting.error)}`);

const starterPart = (waiting: WaitingAt, some: (n: number) => string, at: number): string =>
  `${some(waiting.n)} ${verb(waiting.n)} for schedd ${waiting.schedd}, ${howLong(waiting, at)}` +
  (waiting.error === null ? "" : `, after a failed submission: ${brief(waiting.error)}`);

const deadPart = ({ n, schedd, failures, error }: Waits["dead"][number]): string =>
  `${taskforces(n)} ${n === 1 ? "was" : "were"} given up at schedd ${schedd} after ` +
  `${failures} failed ${failures === 1 ? "submission" : "submissions"}${error === null ? "" : `: ${brief(error)}`}; ` +
  `an operator can retry ${n === 1 ? "it" : "them"}`;

/** Nothing is said while a single worker does anything else. */
function workersPart({ workers }: Waits): string[] {
  const statuses = Object.entries(workers)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (statuses.length === 0 || !statuses.every(([status]) => /^(idle|held)\b/i.test(status))) return [];
  const total = statuses.reduce((sum, [, count]) => sum + count, 0);
  const who = total === 1 ? "the only worker is" : `all ${total} workers are`;
  const [[only = ""] = []] = statuses;
  if (statuses.length === 1) return [`${who} ${brief(only)}`];
  const named = statuses.slice(0, NAMED).map(([status, count]) => `${brief(status)} (${count})`);
  return [`${who} ${[...named, ...(statuses.length > NAMED ? ["in similar states"] : [])].join(" or ")}`];
}

function partsOfEnding(
  { waits, taskforces_by_phase, n_taskforces }: WorkflowSummary,
  deactivated: Deactivation,
  at: number,
  silence: (schedd: string) => string,
): string[] {
  const untold = STOPPABLE.reduce((sum, phase) => sum + (taskforces_by_phase[phase] ?? 0), 0);
  const ending = deactivated === "ABORTED" ? "abort" : "finish";
  return [
    ...(untold === 0 ? [] : [`the ${ending} has yet to reach ${untold} of ${taskforces(n_taskforces)}`]),
    ...namedFirst(waits.stopper, (waiting) => {
      const { n, schedd, error } = waiting;
      const what = `${n} HTCondor ${n === 1 ? "cluster waits" : "clusters wait"} to be removed by schedd ${schedd}`;
      const failure = error === null ? "" : `, which failed: ${brief(error)}`;
      return `${what}, ${howLong(waiting, at)}${failure}${silence(schedd)}`;
    }),
  ];
}

/** Whether the schedd's TMS seems to be away. */
function silenceAt(lastPoll: number | undefined, at: number): string {
  if (lastPoll === undefined) return " (no TMS has asked for work there yet)";
  const seconds = at - lastPoll;
  return seconds < SILENCE ? "" : ` (no TMS has asked for work there for ${duration(seconds)})`;
}

/** Names those that wait longest, and counts the others. */
function namedFirst<W extends WaitingAt>(all: readonly W[], say: (waiting: W) => string): string[] {
  const others = all.slice(NAMED);
  const more = others.reduce((sum, { n }) => sum + n, 0);
  const schedds = others.length === 1 ? "another schedd" : `${others.length} other schedds`;
  return [
    ...all.slice(0, NAMED).map(say),
    ...(others.length === 0 ? [] : [`the same holds for ${taskforces(more)} at ${schedds}`]),
  ];
}

const taskforces = (n: number): string => `${n} ${n === 1 ? "taskforce" : "taskforces"}`;
const verb = (n: number): string => (n === 1 ? "waits" : "wait");

const howLong = ({ n, since }: Waiting, at: number): string =>
  `${n === 1 ? "for" : "longest"} ${duration(at - since)}`;

/** Seconds as people say them: `4 min`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** An error's text, fit for the middle of a sentence. */
function brief(error: string): string {
  const text = error
    .replace(/^ERROR: /, "")
    .replace(/\s+/g, " ")
    .trim();
  return shortened(text.replace(/\.$/, ""), LONGEST_ERROR);
}
