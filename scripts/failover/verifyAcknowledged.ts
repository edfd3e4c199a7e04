import { setTimeout as delay } from "node:timers/promises";
import type { Created, Load, Submitted } from "./failoverLoad.js";

/** How many look at a time. */
const AT_A_TIME = 4;
/** Hand-outs of nothing in a row, one each {@link AGAIN}, after which no more is to come. */
const ENOUGH = 100;
/** Milliseconds. */
const AGAIN = 50;

/** What is not as clients were told. */
export interface Verdict {
  workflowsLost: Created[];
  /** Clusters that run, and that no taskforce names. */
  submissionsLost: Submitted[];
  neverStarted: number;
  handedOutTwice: number;
  neverStopped: number;
  /** How the TMS' report of a lost submission is answered when it is made again, by status. */
  lostReportedAgain: Record<string, number>;
  /** The same for statuses of its taskforce: `updated`, or `failed` where the service has none. */
  statusesOfLost: Record<string, number>;
}

/** Lets everything that is there be started and stopped, and counts what is not as clients were told. */
export async function judge(load: Load): Promise<Verdict> {
  const verdict: Verdict = {
    workflowsLost: [],
    submissionsLost: [],
    neverStarted: 0,
    handedOutTwice: 0,
    neverStopped: 0,
    lostReportedAgain: {},
    statusesOfLost: {},
  };
  await untilIdle(() => load.startNext());
  // Not to be asked twice: judging starts nothing more.
  const submitted = new Map<string, Submitted[]>();
  for (const each of load.submitted) submitted.set(each.uuid, [...(submitted.get(each.uuid) ?? []), each]);
  const there: Created[] = [];
  await forEach(load.created, async (each) => {
    const taskforce = await load.call("GET", `/v1/taskforces/${each.uuid}`);
    const isLost = taskforce?.status === 404;
    if (isLost) verdict.workflowsLost.push(each);
    for (const submission of submitted.get(each.uuid) ?? [])
      if (isLost || (taskforce?.status === 200 && taskforce.body.cluster_id !== submission.cluster))
        verdict.submissionsLost.push(submission);
    if (taskforce?.status !== 200) return;
    there.push(each);
    if (taskforce.body.phase !== "condor-submit") verdict.neverStarted++;
  });
  for (const { uuid, cluster } of verdict.submissionsLost) {
    count(verdict.lostReportedAgain, String(await load.reportSubmission(uuid, cluster)));
    const statuses = JSON.stringify({ top_task_errors_by_taskforce: { [uuid]: {} } });
    const told = await load.call("POST", "/v1/tms/statuses/taskforces", statuses);
    count(verdict.statusesOfLost, told?.body.results?.[0]?.status ?? String(told?.status));
  }
  verdict.handedOutTwice = [...load.handOuts.values()].filter((times) => times > 1).length;
  await forEach(there, async ({ workflow }) => {
    await load.call("POST", `/v1/workflows/${workflow}/actions/abort`, "{}");
  });
  await untilIdle(() => load.stopNext());
  await forEach(there, async ({ uuid }) => {
    const stopped = await load.call("GET", `/v1/taskforces/${uuid}`);
    if (stopped?.body.phase !== "condor-complete") verdict.neverStopped++;
  });
  return verdict;
}

async function untilIdle(takeNext: () => Promise<boolean>): Promise<void> {
  const take = async () => {
    for (let idle = 0; idle < ENOUGH; ) {
      idle = (await takeNext()) ? 0 : idle + 1;
      if (idle > 0) await delay(AGAIN);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, take));
}

async function forEach<T>(all: readonly T[], what: (each: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const look = async () => {
    for (const each of left) await what(each);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, look));
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
