import type { CreateWorkflowRequest } from "../../src/domain/requestSchemas.js";
import { POPULATED_SITES } from "../benchLocations.js";
import { Population, type PopulationProfile, sampleSubmitReport } from "../population.js";
import { type PreparedStore, sampleWorkflowRequest, siteSchedd } from "../prepare.js";
import { BareReader } from "./bareReader.js";

const SITES_PER_WORKFLOW = POPULATED_SITES.length / 2;
/** Two tasks at each of the sites. */
const TASKFORCES_PER_WORKFLOW = 2 * SITES_PER_WORKFLOW;
/** Job event logs of each access point. Each holds a fiftieth of all taskforces. */
const EVENT_LOGS = 4;
/** A quarter of the submitted taskforces is in condor-submit, the others are complete. */
const OUTCOMES = ["queued", "running", "complete", "complete", "complete"] as const;
/** Different pilot environments. */
const ENVIRONMENTS = 50;
/** Taskforces that the pattern on ids finds in a store of 20,000. */
const PATTERN_MATCHES = 70;

/** What the queries of the benchmarks search. */
export interface QueryTargets {
  schedd: string;
  job_event_log_fpath: string;
  /** Of one of the taskforces with that schedd and job event log. */
  cluster_id: number;
  workflow_id: string;
  /** The last digits of about 70 of 20,000 ids. */
  uuidEnd: string;
}

/** A workflow of two tasks. @param n its number, on which its environment depends */
export function searchedWorkflowRequest(n: number, sites: string[]): CreateWorkflowRequest {
  const request = sampleWorkflowRequest(2, sites);
  const pilot_config = {
    tag: "1.2.3",
    image_source: "cvmfs" as const,
    environment: { RECO_CONFIG: `/data/reco/level-${n % ENVIRONMENTS}.json`, EWMS_PILOT_TASK_TIMEOUT: 3600 },
    input_files: [],
  };
  return { ...request, tasks: request.tasks.map((task) => ({ ...task, pilot_config })) };
}

/** Even workflows run at the first five sites, odd ones at the others. */
const sitesOf = (n: number): string[] =>
  n % 2 === 0 ? POPULATED_SITES.slice(0, SITES_PER_WORKFLOW) : POPULATED_SITES.slice(SITES_PER_WORKFLOW);

const profileFor = (taskforces: number): PopulationProfile => {
  const workflowsPerSite = Math.ceil(taskforces / TASKFORCES_PER_WORKFLOW / 2);
  return {
    taskforcesPerWorkflow: TASKFORCES_PER_WORKFLOW,
    request: (n) => searchedWorkflowRequest(n, sitesOf(n)),
    outcome: (n) => OUTCOMES[Math.floor(n / 2) % OUTCOMES.length] ?? "complete",
    report: (clusterId, n) => ({
      ...sampleSubmitReport(clusterId, n),
      job_event_log_fpath: eventLog(n, workflowsPerSite),
    }),
  };
};

const eventLog = (n: number, workflowsPerSite: number): string =>
  `/scratch/ewms/jel/2026-11-0${1 + Math.floor((EVENT_LOGS * Math.floor(n / 2)) / workflowsPerSite)}.log`;

/** Fills the store for the queries. */
export async function populateForQueries(store: PreparedStore, taskforces: number): Promise<QueryTargets> {
  await new Population(store.wms, profileFor(taskforces)).growTo(taskforces);
  const schedd = siteSchedd(POPULATED_SITES[0] ?? "");
  const job_event_log_fpath = eventLog(0, 1);
  const reader = new BareReader(store.redis, store.wms.store.partitions);
  const matches = await reader.intersect("taskforce", { schedd, job_event_log_fpath });
  const middle = matches[Math.floor(matches.length / 2)];
  if (middle === undefined) throw new Error(`no taskforce has ${schedd} and ${job_event_log_fpath}`);
  const [[clusterId] = []] = await reader.fields("taskforce", [middle], ["cluster_id"]);
  const [time = "", random = ""] = middle.member.split("-");
  return {
    schedd,
    job_event_log_fpath,
    cluster_id: Number(clusterId),
    workflow_id: `WF-${time}-${random}`,
    uuidEnd: findUuidEnd((await reader.all("taskforce")).map(({ member }) => member)),
  };
}

/** Finds the two digits with which about as many ids end as the pattern is to match. */
function findUuidEnd(members: readonly string[]): string {
  const wanted = (PATTERN_MATCHES * members.length) / 20_000;
  const counts = new Map<string, number>();
  for (const member of members) counts.set(member.slice(-2), (counts.get(member.slice(-2)) ?? 0) + 1);
  const [[end] = ["00"]] = [...counts].sort(([, a], [, b]) => Math.abs(a - wanted) - Math.abs(b - wanted));
  return end;
}
