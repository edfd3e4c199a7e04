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

  async apply({ what, which, phase, cluster_id }: EntityChange): Promise<void> {
    if (what === "insert") {
      // Between two existing ones: before or after the position of the query.
      const fresh = makeSample(1_000 + this.#inserted++, { timestamp: 1_700_000_000 + which + 0.5, phase });
      return this.#put({ ...fresh, cluster_id, n_workers: which });
    }
    const { taskforce_uuid } = makeSample(which);
    const now = this.versions.get(taskforce_uuid)?.at(-1);
    if (now === undefined || this.removed.has(taskforce_uuid)) return;
    if (what === "move") return this.#put({ ...now, phase, cluster_id });
    if (which % 5 !== 0) return;
    this.removed.add(taskforce_uuid);
    await this.#population.removeSample(now);
  }

  async #put(one: TaskforceSample): Promise<void> {
    this.versions.set(one.taskforce_uuid, [...(this.versions.get(one.taskforce_uuid) ?? []), one]);
    await this.#population.putSamples(one);
  }
}

describe("during concurrent changes", () => {
  test("pages contain each constant match exactly once, and no entity that never matched", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(someChange, { maxLength: 30 }), { minLength: 20, maxLength: 40 }),
        fc.oneof(fc.constantFrom({}, inAnyPhase, { schedd: "SCHEDD1", ...inAnyPhase }), anyFilter),
        fc.integer({ min: 1_000, max: 40_000 }),
        async (rounds, filter, maxBytes) => {
          await flushDatabase(redis);
          const population = new TaskforcePopulation(redis, 2);
          // Runs of equal phases, so that the batches of the phases' indexes end far apart.
          const phaseOf = (n: number) => phases[Math.floor(n / 40) % 3]!;
          const before = makeSamples(300, (n) => ({
            phase: phaseOf(n),
            cluster_id: n % 2 === 0 ? 77 : null,
          }));
          await population.putSamples(...before);
          const history = new ChangeHistory(population);
          const turns = [...rounds];
          population.beforeLoad = async () => {
            for (const change of turns.shift() ?? []) await history.apply(change);
          };

          const seen = uuidsOn(await fetchAllPages(population, filter, { maxBytes }));

          expect(new Set(seen).size).toBe(seen.length);
          const matches = compileFilter(filter);
          const throughout = before
            .map((one) => one.taskforce_uuid)
            .filter((uuid) => !history.removed.has(uuid) && history.versions.get(uuid)?.every(matches));
          expect(throughout.filter((uuid) => !seen.includes(uuid))).toEqual([]);
          expect(seen.filter((uuid) => !history.versions.get(uuid)?.some(matches))).toEqual([]);
        },
      ),
      { numRuns: propertyRuns(30) },
    );
  }, 60_000);
});
