import { EventEmitter } from "node:events";
import { leaseAndSubmitRequests } from "../leaseAndSubmit.js";
import { BENCH_SCHEDD } from "../prepare.js";
import { measureRequestRate } from "../requestRate.js";
import { type Peer, TAKEN_PER_ROUND, TAKERS } from "./peer.js";

/** The part of graphile-worker that the benchmark uses. It is no dependency of the service. */
interface GraphileWorker {
  /** @param createLog the created function gets each line */
  Logger: new (
    createLog: () => () => void,
  ) => unknown;
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    withPgClient(
      use: (client: { query(text: string, values?: unknown[]): Promise<unknown> }) => Promise<void>,
    ): Promise<void>;
    release(): Promise<void>;
  }>;
  run(options: object): Promise<{ stop(): Promise<void> }>;
}

/** A variable, so that the compiler does not look for the package. */
const PACKAGE: string = "graphile-worker";
const TASK = "ewms-bench";

const importGraphileWorker = (): Promise<GraphileWorker> => import(PACKAGE) as Promise<GraphileWorker>;

/** graphile-worker on PostgreSQL: a runner takes and completes jobs that do nothing. */
export const graphileWorker: Peer = {
  name: "graphile-worker",
  takesTaskforces: true,
  async findObstacle() {
    if (!process.env["DATABASE_URL"]) return "DATABASE_URL is not set";
    return importGraphileWorker().then(
      () => undefined,
      () => `${PACKAGE} is not installed (npm install --no-save ${PACKAGE})`,
    );
  },
  async *compare({ ours }) {
    const { Logger, makeWorkerUtils, run } = await importGraphileWorker();
    const connectionString = process.env["DATABASE_URL"];
    const utils = await makeWorkerUtils({ connectionString });
    const events = new EventEmitter();
    let completed = 0;
    let wake = (): void => undefined;
    // The event follows the transaction that removed the job.
    events.on("job:complete", () => {
      if (++completed === TAKEN_PER_ROUND) wake();
    });
    await utils.migrate();
    const runner = await run({
      connectionString,
      concurrency: TAKERS,
      maxPoolSize: TAKERS + 1,
      noHandleSignals: true,
      logger: new Logger(() => () => undefined),
      events,
      taskList: { [TASK]: async () => undefined },
    });
    try {
      yield {
        work: `take + submit against take + complete, ${TAKERS} at a time`,
        shows: "rate",
        ours: async () =>
          (await measureRequestRate(ours.url, TAKERS, 2 * TAKEN_PER_ROUND, leaseAndSubmitRequests(BENCH_SCHEDD))) / 2,
        async theirs() {
          completed = 0;
          const allCompleted = new Promise<void>((resolve) => {
            wake = resolve;
          });
          await utils.withPgClient(async (client) => {
            await client.query("select graphile_worker.add_job($1, '{}'::json) from generate_series(1, $2::int)", [
              TASK,
              TAKEN_PER_ROUND,
            ]);
          });
          // The runner sees the jobs when the statement is committed.
          const began = performance.now();
          await allCompleted;
          return (1000 * TAKEN_PER_ROUND) / (performance.now() - began);
        },
      };
    } finally {
      await runner.stop();
      await utils.release();
    }
  },
};
