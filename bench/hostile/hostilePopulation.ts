import type { TaskforceUuid } from "../../src/domain/ids.js";
import { createLogEntry } from "../../src/lifecycle/changeEffects.js";
import type { Wms } from "../../src/lifecycle/context.js";
import { allEntitiesKey, indexKey, memberOf, partitionOf, recordKey, YES } from "../../src/store/keys.js";
import { updateStatuses } from "../../src/store/statusUpdates.js";
import { CLUSTER_LOCATIONS as POPULATED_LOCATIONS, Population, sampleSubmitReport } from "../population.js";
import { BENCH_SCHEDD, createPendingTaskforces } from "../prepare.js";
import type { HostileTargets } from "./hostileRequest.js";

/** The schedd of a location that has no taskforces. */
export const EMPTY_SCHEDD = "ap-empty.example.org";

/** For the setting of that name. */
export const CLUSTER_LOCATIONS = JSON.stringify({
  ...JSON.parse(POPULATED_LOCATIONS),
  "test-alpha": { schedd: BENCH_SCHEDD },
  empty: { schedd: EMPTY_SCHEDD },
});

const KIB = 1024;
/** What one taskforce may store at the most. */
const LARGEST = {
  logEntries: 990,
  /** Keeps the log below 1 MiB. */
  contextBytes: 980,
  errors: 1000,
  errorBytes: 8 * KIB,
  submitBytes: 1024 * KIB,
} as const;
/** Taskforces that are large, and their part of the limits in {@link LARGEST}. */
const LARGE_TASKFORCES: [count: number, fraction: number][] = [
  [6, 1],
  [100, 0.05],
];
/** Taskforces in pending-starter that hostile requests may report. */
const PENDING_TASKFORCES = 60;

/** What hostile requests and small ones concern. */
export interface HostilePopulation {
  targets: HostileTargets;
  /** A taskforce that no hostile request concerns, and its last report. */
  innocent: { taskforce: TaskforceUuid; report: ReturnType<typeof sampleSubmitReport> };
}

/** Fills the store with taskforces of all phases, some of them as large as the service allows. */
export async function createHostilePopulation(wms: Wms, taskforces: number): Promise<HostilePopulation> {
  const population = new Population(wms);
  await population.growTo(taskforces);
  const { runningSample } = population;
  for (const [count, fraction] of LARGE_TASKFORCES)
    for (const uuid of await createPendingTaskforces(wms, Math.ceil((count * taskforces) / 5000)))
      await enlarge(wms, uuid, fraction);
  const [innocent] = await createPendingTaskforces(wms, 1);
  if (innocent === undefined) throw new Error("no taskforce was created");
  const report = sampleSubmitReport(2_000_000_000, 0);
  await submit(wms, innocent, report);
  return {
    targets: {
      workflows: [...new Set(runningSample.map(({ workflow_id }) => workflow_id))],
      tasks: [...new Set(runningSample.map(({ task_id }) => task_id))],
      running: runningSample.map(({ taskforce_uuid }) => taskforce_uuid),
      pending: await createPendingTaskforces(wms, PENDING_TASKFORCES),
      schedd: BENCH_SCHEDD,
    },
    innocent: { taskforce: innocent, report },
  };
}

async function submit(wms: Wms, uuid: TaskforceUuid, report: Parameters<typeof wms.store.transitions.recordSubmit>[1]) {
  const entry = createLogEntry(wms, "condor-submit", true, "tms", "for the benchmark");
  await wms.store.transitions.recordSubmit(uuid, report, { submitted: entry, deactivated: entry });
}

/** Submits a taskforce with long texts, a long log, and many errors. @param fraction of the largest of each */
async function enlarge(wms: Wms, uuid: TaskforceUuid, fraction: number): Promise<void> {
  await submit(wms, uuid, {
    ...sampleSubmitReport(1_000_000_000, 0),
    submit_dict: { universe: "container", large: "x".repeat(LARGEST.submitBytes * fraction - KIB) },
  });
  await lengthenLog(wms, uuid, LARGEST.logEntries * fraction);
  const statuses = Array.from({ length: 1000 * fraction }, (_, n): [string, number] => [`status ${n}`, n]);
  const errors = Array.from({ length: LARGEST.errors * fraction }, (_, n): [string, number] => [
    longText(n, LARGEST.errorBytes),
    n,
  ]);
  await updateStatuses(wms.store, [
    { uuid, compoundStatuses: { IDLE: Object.fromEntries(statuses) }, topTaskErrors: Object.fromEntries(errors) },
  ]);
}

const longText = (n: number, bytes: number): string => `${n} ${"x".repeat(bytes)}`.slice(0, bytes);

/** Appends failed attempts to a log. The script would copy the whole log for each of them. */
async function lengthenLog({ store, log }: Wms, uuid: TaskforceUuid, entries: number): Promise<void> {
  const partition = partitionOf(uuid, store.partitions);
  const key = recordKey(partition, "taskforce", uuid);
  const added = Array.from({ length: entries }, (_, n) => {
    const context = longText(n, LARGEST.contextBytes);
    const { timestampJson, restJson } = createLogEntry({ log }, "pending-stopper", false, "tms", context);
    return `[${timestampJson}${restJson}`;
  });
  const present = await store.redis.hget(key, "log");
  await store.redis.hset(key, "log", [present, ...added].join());
  const created = await store.redis.zscore(allEntitiesKey(partition, "taskforce"), memberOf(uuid));
  await store.redis.zadd(indexKey(partition, "taskforce", "failures", YES), created ?? 0, memberOf(uuid));
}
