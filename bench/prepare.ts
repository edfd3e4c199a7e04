import { EventEmitter } from "node:events";
import { Redis } from "ioredis";
import { pino } from "pino";
import { readConfig } from "../src/config/config.js";
import { configuredSchedds } from "../src/domain/clusters.js";
import type { TaskforceUuid } from "../src/domain/ids.js";
import type { CreateWorkflowRequest } from "../src/domain/requestSchemas.js";
import { closeWms, createWms, type Wms } from "../src/lifecycle/context.js";
import { createWorkflow } from "../src/lifecycle/create.js";
import { Queues } from "../src/queues/queues.js";
import { openStore } from "../src/store/store.js";

/** The schedd from which the benchmarks lease. */
export const BENCH_SCHEDD = "SCHEDD1";

/** The schedd of a simulated cluster location. */
export const siteSchedd = (site: string): string => `${site}.example.org`;

/** Simulated cluster locations, in the format of `CLUSTER_LOCATIONS`. */
export const clusterLocationsOfSites = (sites: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(sites.map((site) => [site, { schedd: siteSchedd(site) }])));

/**
 * A request of a realistic size.
 *
 * @param tasks number of tasks, without queues
 * @param locations cluster locations of each task
 */
export function sampleWorkflowRequest(tasks: number, locations = ["test-alpha"]): CreateWorkflowRequest {
  return {
    tasks: Array.from({ length: tasks }, (_, index) => ({
      cluster_locations: locations,
      task_image: "/cvmfs/icecube.opensciencegrid.org/containers/ewms/reco:1.4.2",
      task_args: `python reco.py --in {{INFILE}} --out {{OUTFILE}} --seed ${index}`,
      task_env: { OMP_NUM_THREADS: "1" },
      input_queue_aliases: [],
      output_queue_aliases: [],
      worker_config: {
        do_transfer_worker_stdouterr: true,
        max_worker_runtime: 3600,
        n_cores: 1,
        priority: 50,
        worker_disk: "2GB",
        worker_memory: "4GB",
        condor_requirements: "HAS_CVMFS_icecube_opensciencegrid_org",
      },
      n_workers: 100,
    })),
    public_queue_aliases: [],
  };
}

/** The service's context, which fills the store. It is not measured. */
export interface PreparedStore {
  wms: Wms;
  redis: Redis;
  close(): Promise<void>;
}

/** @param environment settings, equal to those of the measured processes */
export async function prepareStore(redisUrl: string, environment: Record<string, string> = {}): Promise<PreparedStore> {
  const config = readConfig(environment);
  const redis = new Redis(redisUrl);
  const store = await openStore(redis, { partitions: config.partitions });
  const schedds = configuredSchedds(config.lifecycle.clusters);
  const queues = new Queues({ redis, leaseSeconds: config.leaseSeconds, schedds });
  const wms = createWms({
    store,
    queues,
    // The requests of the benchmarks use no message queues.
    mqs: undefined as never,
    settings: { ...config.lifecycle, pilotImagesDir: undefined },
    events: new EventEmitter(),
    log: pino({ level: "warn" }),
  });
  return {
    wms,
    redis,
    async close() {
      await closeWms(wms);
      redis.disconnect();
    },
  };
}

/** Creates taskforces that wait in the starter queue of {@link BENCH_SCHEDD}. */
export async function createPendingTaskforces(wms: Wms, count: number): Promise<TaskforceUuid[]> {
  const uuids: TaskforceUuid[] = [];
  while (uuids.length < count) {
    const { taskforces } = await createWorkflow(wms, sampleWorkflowRequest(Math.min(100, count - uuids.length)));
    for (const { taskforce_uuid } of taskforces) uuids.push(taskforce_uuid);
  }
  return uuids;
}
