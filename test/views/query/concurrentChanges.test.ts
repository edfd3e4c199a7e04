import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { freshDatabase } from "../../setup/database.js";
import { propertyRuns } from "../../setup/propertyRuns.js";
import { flushDatabase, openRedis } from "../../setup/testRedis.js";
import { compileFilter } from "./compileFilter.js";
import { anyFilter } from "./queryArbitraries.js";
import { fetchAllPages, uuidsOn } from "./queryPages.js";
import { makeSample, makeSamples, TaskforcePopulation, type TaskforceSample } from "./taskforcePopulation.js";

let redis: RedisClient;
beforeAll(async () => {
  redis = openRedis(await freshDatabase());
});
afterAll(() => redis.disconnect());

const phases = ["pre-launch", "pending-starter", "condor-submit"];
const inAnyPhase = { phase: { $in: phases } };

const someChange = fc.record({
  what: fc.constantFrom("move", "insert", "remove"),
  which: fc.nat({ max: 299 }),
  phase: fc.constantFrom(...phases),
  cluster_id: fc.constantFrom(null, 1, 77),
  hasErrors: fc.boolean(),
  failed: fc.boolean(),
});
type EntityChange = typeof someChange extends fc.Arbitrary<infer T> ? T : never;

/** Changes taskforces during a query, and records all their versions. */
class ChangeHistory {
  readonly versions = new Map<string, TaskforceSample[]>();
  readonly removed = new Set<string>();
  readonly #population: TaskforcePopulation;
  #inserted = 0;

  constructor(population: TaskforcePopulation) {
    this.#population = population;
    for (const one of population.samples) this.versions.set(one.taskforce_uuid, [one]);
  }

  async apply({ what, which, phase, cluster_id, hasErrors, failed }: EntityChange): Promise<void> {
    const top_task_errors: Record<string, number> = hasErrors ? { HELD: 1 } : {};

    if (what === "insert") {
      // Between two existing ones: before or after the position of the query.
      const fresh = makeSample(1_000 + this.#inserted++, { timestamp: 1_700_000_000 + which + 0.5, phase });
      return this.#put({ ...fresh, cluster_id, top_task_errors, n_workers: which });
    }
    const { taskforce_uuid } = makeSample(which);
    const now = this.versions.get(taskforce_uuid)?.at(-1);
    if (now === undefined || this.removed.has(taskforce_uuid)) return;
    if (what === "move") {
      // A report keeps the cluster once there is one, and the log keeps its entries, as in the service.
      const log = [...now.phase_change_log, { was_successful: !failed }];
      return this.#put({
        ...now,
        phase,
        cluster_id: now.cluster_id ?? cluster_id,
        top_task_errors,
        phase_change_log: log,
      });
    }
    if (which % 5 !== 0) return;
    this.removed.add(taskforce_uuid);
    await this.#population.removeSample(now);
  }

  async #put(one: TaskforceSample): Promise<void> {
    this.versions.set(one.taskforce_uuid, [...(this.versions.get(one.taskforce_uuid) ?? []), one]);
    await this.#population.putSamples(one);
  }
}

const anyErrors = { top_task_errors: { $ne: {} } };
/** Filters over indexes that entities leave, and over those that they only enter. */
const movingFilters = [
  {},
  inAnyPhase,
  { schedd: "SCHEDD1", ...inAnyPhase },
  { $or: [{ phase: "pending-starter" }, { cluster_id: { $in: [1, 77] } }] },
  { $or: [{ phase: "pre-launch" }, { phase: "condor-submit" }, { phase: "pending-starter" }] },
  anyErrors,
  { $or: [anyErrors, { phase: { $ne: "condor-submit" } }] },
  { $or: [{ top_task_errors: { HELD: 1 } }, { "phase_change_log.was_successful": false }] },
  { "phase_change_log.was_successful": false },
  { $or: [{ phase: "pre-launch" }, { priority: 3 }, { cluster_id: 77 }, { workflow_id: makeSample(2).workflow_id }] },
];

describe("during concurrent changes", () => {
  test("pages contain each constant match exactly once, and no entity that never matched", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(someChange, { maxLength: 30 }), { minLength: 20, maxLength: 40 }),
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...movingFilters) }, { weight: 1, arbitrary: anyFilter }),
        fc.record({
          maxBytes: fc.integer({ min: 1_000, max: 40_000 }),
          maxScan: fc.constantFrom(3, 50, 1_000),
          maxWork: fc.constantFrom(20_000, 400_000, 1e9),
          order: fc.constantFrom("oldest" as const, "newest" as const),
        }),
        async (rounds, filter, options) => {
          await flushDatabase(redis);
          const population = new TaskforcePopulation(redis, 2);
          // Runs of equal phases, so that the batches of the phases' indexes end far apart.
          const phaseOf = (n: number) => phases[Math.floor(n / 40) % 3]!;
          const before = makeSamples(300, (n) => ({
            phase: phaseOf(n),
            cluster_id: n % 3 === 0 ? 77 : null,
            priority: n % 5,
            top_task_errors: Math.floor(n / 30) % 2 === 0 ? { HELD: 1 } : {},
            phase_change_log: [{ was_successful: n % 7 !== 0 }],
          }));
          await population.putSamples(...before);
          const history = new ChangeHistory(population);
          const turns = [...rounds];
          population.beforeLoad = async () => {
            for (const change of turns.shift() ?? []) await history.apply(change);
          };

          const seen = uuidsOn(await fetchAllPages(population, filter, options));

          expect(new Set(seen).size).toBe(seen.length);
          const matches = compileFilter(filter);
          const throughout = before
            .map((one) => one.taskforce_uuid)
            .filter((uuid) => !history.removed.has(uuid) && history.versions.get(uuid)?.every(matches));
          expect(throughout.filter((uuid) => !seen.includes(uuid))).toEqual([]);
          expect(seen.filter((uuid) => !history.versions.get(uuid)?.some(matches))).toEqual([]);
        },
      ),
      { numRuns: propertyRuns(40) },
    );
  }, 120_000);
});
