import type { FoundFact } from "../../domain/diagnosis.js";
import { isSilent } from "../../domain/schedd.js";
import type { StrayCluster } from "../../domain/strayCluster.js";
import type { QueueWaitReason, WaitReason } from "../../domain/summary.js";
import type { JobsAhead, LeaseFacts, Pause, ScheddFacts } from "./facts.js";
import {
  areWord,
  countTaskforces,
  countTaskforcesOf,
  countThings,
  formatDuration,
  formatError,
  formatTime,
  wereWord,
} from "./wording.js";

/** The words for the work that waits in one kind of queue. */
interface Wording {
  queue: "starter" | "stopper";
  /** `2 of 6 taskforces` */
  amount: (n: number) => string;
  /** What the work waits for: `for schedd a` */
  goal: string;
  failed: string;
  failing: "submissions-failing" | "removals-failing";
  waiting: "schedd-waiting" | "removal-waiting";
}

/** Finds why taskforces are waiting to be submitted at a schedd. */
export function findStarterWaits(
  wait: QueueWaitReason,
  facts: ScheddFacts | undefined,
  { total, nowSeconds }: { total: number; nowSeconds: number },
): FoundFact[] {
  return findWaits(wait, facts, nowSeconds, {
    queue: "starter",
    amount: (n) => countTaskforcesOf(n, total),
    goal: `for schedd ${wait.schedd}`,
    failed: "after a failed submission",
    failing: "submissions-failing",
    waiting: "schedd-waiting",
  });
}

/** Finds why HTCondor clusters are waiting to be removed at a schedd. */
export const findStopperWaits = (
  wait: QueueWaitReason,
  facts: ScheddFacts | undefined,
  nowSeconds: number,
): FoundFact[] =>
  findWaits(wait, facts, nowSeconds, {
    queue: "stopper",
    amount: (n) => countThings(n, "HTCondor cluster"),
    goal: `to be removed by schedd ${wait.schedd}`,
    failed: "which failed",
    failing: "removals-failing",
    waiting: "removal-waiting",
  });

/**
 * Finds the causes of one wait. The first cause that applies explains the jobs in the queue; leases and expired leases are
 * findings of their own.
 */
function findWaits(
  wait: QueueWaitReason,
  facts: ScheddFacts | undefined,
  nowSeconds: number,
  wording: Wording,
): FoundFact[] {
  const { schedd } = wait;
  const queue = facts?.[wording.queue];
  const leases = queue?.leases;
  const found = (code: FoundFact["code"], sentence: string, since: number | null): FoundFact => ({
    code,
    sentence,
    since,
    subject: { kind: "schedd", id: schedd },
  });
  const all: FoundFact[] = [];
  if (leases !== undefined)
    all.push(found("handed-out", describeLeases(leases, schedd, nowSeconds, wording), leases.oldestSince));
  const { expired_leases = 0, unreported = 0, last_expired = null } = wait;
  if (expired_leases > 0)
    all.push(
      found(
        "hand-outs-unreported",
        describeUnreported({ unreported, expired_leases, last_expired }, schedd, nowSeconds, wording),
        last_expired,
      ),
    );
  const inQueue = { ...wait, n: wait.n - Math.min(wait.n, leases?.n ?? 0) };
  if (inQueue.n === 0) return all;
  const waiting = describeWait(inQueue, nowSeconds, wording);
  const pause = queue?.pause;
  if (pause !== undefined)
    all.push(
      found(
        "queue-paused",
        `${describePause(pauseName(wording.queue, schedd), pause, nowSeconds)}; ${waiting}`,
        pause.since,
      ),
    );
  else if (facts?.isConfigured === false)
    all.push(
      found("schedd-removed", `${waiting}; ${describeRemovedSchedd(schedd, facts.lastPoll, nowSeconds)}`, wait.since),
    );
  else if (facts !== undefined && isSilent(facts.lastPoll, nowSeconds))
    all.push(found("schedd-silent", `${waiting}; ${describeSilence(facts.lastPoll, nowSeconds)}`, wait.since));
  else if (wait.error !== null) all.push(found(wording.failing, waiting, wait.since));
  else if (queue?.ahead !== undefined)
    all.push(found("jobs-ahead", `${waiting}; ${describeAhead(queue.ahead)}`, wait.since));
  else all.push(found(wording.waiting, waiting, wait.since));
  return all;
}

/** `no TMS has asked for work there for 4 min` */
export const describeSilence = (lastPoll: number | undefined, nowSeconds: number): string =>
  lastPoll === undefined
    ? "no TMS has asked for work there yet"
    : `no TMS has asked for work there for ${formatDuration(nowSeconds - lastPoll)}`;

/** `a is no longer configured; its TMS was last seen at 14:02 UTC` */
export const describeRemovedSchedd = (schedd: string, lastPoll: number | undefined, nowSeconds: number): string =>
  `${schedd} is no longer configured; ` +
  (lastPoll === undefined
    ? "no TMS has asked for work there"
    : `its TMS was last seen at ${formatTime(lastPoll, nowSeconds)}`);

/** `the starter queue of a` */
export const pauseName = (queue: "starter" | "stopper", schedd: string): string => `the ${queue} queue of ${schedd}`;

/** `the queue mq-activation is paused (by ada, since 14:02 UTC)` */
export function describePause(queue: string, { by, since }: Pause, nowSeconds: number): string {
  const details = [
    ...(by === null ? [] : [`by ${by}`]),
    ...(since === null ? [] : [`since ${formatTime(since, nowSeconds)}`]),
  ];
  return `${queue} is paused${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
}

/** `2 of 6 taskforces are waiting for schedd a, longest 4 min` */
const describeWait = (wait: WaitReason, nowSeconds: number, { amount, goal, failed }: Wording): string =>
  `${amount(wait.n)} ${areWord(wait.n)} waiting ${goal}, ${formatWait(wait, failed, nowSeconds)}`;

/** Formats how long the oldest wait has lasted, and its error. */
export const formatWait = ({ n, since, error }: WaitReason, failed: string, nowSeconds: number): string =>
  `${n === 1 ? "for" : "longest"} ${formatDuration(nowSeconds - since)}` +
  (error === null ? "" : `, ${failed}: ${formatError(error)}`);

function describeLeases(leases: LeaseFacts, schedd: string, nowSeconds: number, { amount }: Wording): string {
  const { n, oldestSince, nextExpiry } = leases;
  const ago = `${n === 1 ? "" : "the first "}${formatDuration(nowSeconds - oldestSince)} ago`;
  return (
    `${amount(n)} ${wereWord(n)} handed out to the TMS of ${schedd}, ${ago}, and ${areWord(n)} not reported yet; ` +
    `${n === 1 ? "it is" : "they are"} offered again at ${formatTime(nextExpiry, nowSeconds)}`
  );
}

function describeUnreported(
  {
    unreported,
    expired_leases,
    last_expired,
  }: { unreported: number; expired_leases: number; last_expired: number | null },
  schedd: string,
  nowSeconds: number,
  { amount }: Wording,
): string {
  const last = last_expired === null ? "" : `, last until ${formatTime(last_expired, nowSeconds)}`;
  const times = expired_leases === 1 ? "once" : `${expired_leases} times`;
  return `${amount(unreported)} ${wereWord(unreported)} handed out to the TMS of ${schedd} ${times} without a report${last}`;
}

function describeAhead({ n, isAtLeast, lowestPriority, handedOutLastHour }: JobsAhead): string {
  const priority = lowestPriority === undefined ? "" : ` (priority ${lowestPriority} or higher)`;
  const ahead = `${isAtLeast ? "at least " : ""}${countTaskforces(n)} ${areWord(n)} ahead${priority}`;
  return `${ahead}; about ${handedOutLastHour} ${wereWord(handedOutLastHour)} handed out there in the last hour`;
}

/** Taskforces that failed to be submitted too often. @param letters their number, and the failures if they are known */
export function describeDeadLetters(letters: {
  n: number;
  schedd: string;
  failures?: number;
  error?: string | null;
}): string {
  const { n, schedd, failures, error } = letters;
  const after = failures === undefined ? "" : ` after ${countThings(failures, "failed submission")}`;
  const reason = error == null ? "" : `: ${formatError(error)}`;
  return `${countTaskforces(n)} ${wereWord(n)} given up at schedd ${schedd}${after}${reason}; an operator can retry ${n === 1 ? "it" : "them"}`;
}

/** Maximum number of clusters that a sentence names. */
const MAX_NAMED_CLUSTERS = 3;

/** Finds clusters that HTCondor runs although the service rejected their reports. @param strays those of the subject */
export function findStrayClusters(strays: readonly StrayCluster[], subject: FoundFact["subject"]): FoundFact[] {
  if (strays.length === 0) return [];
  const since = Math.min(...strays.map(({ first_report }) => first_report));
  return [{ code: "stray-clusters", sentence: describeStrayClusters(strays), since, subject }];
}

function describeStrayClusters(strays: readonly StrayCluster[]): string {
  const names = strays
    .slice(0, MAX_NAMED_CLUSTERS)
    .map(({ cluster_id, schedd }) => (schedd === null ? `${cluster_id}` : `${cluster_id} on ${schedd}`));
  const n = strays.length;
  return `HTCondor runs ${countThings(n, "cluster")} whose report was rejected: ${names.join(", ")}${n > names.length ? ", …" : ""}`;
}
