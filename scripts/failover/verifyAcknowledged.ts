import { setTimeout as delay } from "node:timers/promises";
import type { AcknowledgedSubmission, AcknowledgedWorkflow, FailoverLoad } from "./failoverLoad.js";

/** Number of concurrent requests. */
const CONCURRENCY = 4;
/** Consecutive empty polls, {@link POLL_INTERVAL_MS} apart, after which the queue counts as empty. */
const MAX_EMPTY_POLLS = 100;
/** Milliseconds. */
const POLL_INTERVAL_MS = 50;

/** Differences between the data and the acknowledged requests. */
export interface FailoverVerdict {
  workflowsLost: AcknowledgedWorkflow[];
  /** Running clusters that no taskforce names. */
  submissionsLost: AcknowledgedSubmission[];
  neverStarted: number;
  handedOutTwice: number;
  neverStopped: number;
  /** Statuses of the repeated reports of lost submissions, with their numbers. */
  lostReportedAgain: Record<string, number>;
  /** Results of status reports for these taskforces, `updated` or `failed`, with their numbers. */
  statusesOfLost: Record<string, number>;
}

/** Starts and stops all taskforces, and counts the differences to the acknowledged requests. */
export async function verifyAcknowledged(load: FailoverLoad): Promise<FailoverVerdict> {
  const verdict: FailoverVerdict = {
    workflowsLost: [],
    submissionsLost: [],
    neverStarted: 0,
    handedOutTwice: 0,
    neverStopped: 0,
    lostReportedAgain: {},
    statusesOfLost: {},
  };
  await repeatUntilIdle(() => load.submitNext());
  // The checks below must see no further submissions.
  const submitted = new Map<string, AcknowledgedSubmission[]>();
  for (const each of load.submitted) submitted.set(each.uuid, [...(submitted.get(each.uuid) ?? []), each]);
  const remaining: AcknowledgedWorkflow[] = [];
  await forEachConcurrently(load.created, async (each) => {
    const taskforce = await load.call("GET", `/v1/taskforces/${each.uuid}`);
    const isLost = taskforce?.status === 404;
    if (isLost) verdict.workflowsLost.push(each);
    for (const submission of submitted.get(each.uuid) ?? [])
      if (isLost || (taskforce?.status === 200 && taskforce.body.cluster_id !== submission.cluster))
        verdict.submissionsLost.push(submission);
    if (taskforce?.status !== 200) return;
    remaining.push(each);
    if (taskforce.body.phase !== "condor-submit") verdict.neverStarted++;
  });
  for (const { uuid, cluster } of verdict.submissionsLost) {
    incrementCount(verdict.lostReportedAgain, String(await load.reportSubmission(uuid, cluster)));
    const statuses = JSON.stringify({ top_task_errors_by_taskforce: { [uuid]: {} } });
    const statusResponse = await load.call("POST", "/v1/tms/statuses/taskforces", statuses);
    incrementCount(verdict.statusesOfLost, statusResponse?.body.results?.[0]?.status ?? String(statusResponse?.status));
  }
  verdict.handedOutTwice = [...load.handOuts.values()].filter((times) => times > 1).length;
  await forEachConcurrently(remaining, async ({ workflow }) => {
    await load.call("POST", `/v1/workflows/${workflow}/actions/abort`, "{}");
  });
  await repeatUntilIdle(() => load.stopNext());
  await forEachConcurrently(remaining, async ({ uuid }) => {
    const stopped = await load.call("GET", `/v1/taskforces/${uuid}`);
    if (stopped?.body.phase !== "condor-complete") verdict.neverStopped++;
  });
  return verdict;
}

async function repeatUntilIdle(processNext: () => Promise<boolean>): Promise<void> {
  const runPoller = async () => {
    for (let idle = 0; idle < MAX_EMPTY_POLLS; ) {
      idle = (await processNext()) ? 0 : idle + 1;
      if (idle > 0) await delay(POLL_INTERVAL_MS);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, runPoller));
}

async function forEachConcurrently<T>(all: readonly T[], action: (each: T) => Promise<void>): Promise<void> {
  const remaining = all.values();
  const runWorker = async () => {
    for (const each of remaining) await action(each);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, runWorker));
}

function incrementCount(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
