/**
 * Mixed load at half of what the service can do, for long: whether memory, handles or keys grow that have no reason to.
 *
 *   npm run bench:soak [-- --minutes 30]
 *
 * Capacity is measured first. Exit code 1 when something grows.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Caller } from "./timedHttpClient.js";
import { ms, option, quantile, table } from "./figures.js";
import { keyFamilies } from "./keyFamilies.js";
import { submission } from "./population.js";
import { workflowRequest } from "./prepare.js";
import { mib, type ProcessFigures, readFigures, slope } from "./processFigures.js";
import { onSite, type Site } from "./benchEnvironment.js";

const MINUTES = option("minutes", 30);
/** Seconds for which capacity is measured, and between two looks at a process. */
const CALIBRATION = 15;
const LOOK = 5;
const CONNECTIONS = 32;
/** The part of the time that counts as warming up. */
const WARM_UP = 0.2;
/** What may be grown in the end: this part of what there was, at least so many bytes. */
const GROWTH = { part: 0.1, bytes: 16 * 1024 * 1024 };
/** Keys of a family that may be there at most, however long it goes on. */
const MOST_KEYS = 5000;
const SCHEDD = "SCHEDD1";
/** Milliseconds after which a connection that was closed is gone at the other end, too. */
const SETTLING = 200;

interface Started {
  workflow: string;
  taskforces: string[];
}

/** One workflow's whole life after another, as many at a time as there are connections. */
class Lives {
  readonly #caller: Caller;
  #clusterId = 0;
  /** What has ended. */
  count = 0;
  took: number[] = [];

  constructor(url: string) {
    this.#caller = new Caller(url, 4 * CONNECTIONS);
  }

  /** Creates, takes, submits, reports, reads and ends: some twelve requests, about whatever is next in the queues. */
  async one(): Promise<void> {
    const began = performance.now();
    const created = await this.#caller.expect("POST", "/v1/workflows", workflowRequest(2));
    const { workflow } = JSON.parse(created.text) as { workflow: { workflow_id: string } };
    const taken = [await this.#take("starter"), await this.#take("starter")].flatMap((uuid) => uuid ?? []);
    for (const uuid of taken)
      await this.#post(
        `/v1/tms/condor-submit/taskforces/${uuid}`,
        submission(++this.#clusterId, this.#clusterId),
      );
    if (taken.length > 0)
      await this.#post("/v1/tms/statuses/taskforces", {
        compound_statuses_by_taskforce: Object.fromEntries(
          taken.map((uuid) => [uuid, { IDLE: { null: 1 } }]),
        ),
      });
    await this.#caller.expect("GET", `/v1/workflows/${workflow.workflow_id}/summary`);
    await this.#post("/v1/query/taskforces", { query: { workflow_id: workflow.workflow_id } });
    await this.#end({ workflow: workflow.workflow_id, taskforces: taken });
    this.count++;
    this.took.push(performance.now() - began);
  }

  /** What was taken belongs to others, who may have ended it meanwhile: the next two that wait to be stopped are removed. */
  async #end({ workflow, taskforces }: Started): Promise<void> {
    await this.#post(`/v1/workflows/${workflow}/actions/${this.count % 2 === 0 ? "abort" : "finished"}`, {});
    for (const _ of taskforces) {
      const uuid = await this.#take("stopper");
      if (uuid === undefined) continue;
      await this.#post(`/v1/tms/condor-rm/taskforces/${uuid}`, {});
      await this.#post(`/v1/tms/condor-complete/taskforces/${uuid}`, {
        condor_complete_ts: Math.floor(Date.now() / 1000),
      });
    }
  }

  async #take(queue: "starter" | "stopper"): Promise<string | undefined> {
    const { text } = await this.#caller.expect("GET", `/v1/tms/pending-${queue}/taskforces?schedd=${SCHEDD}`);
    return /"taskforce_uuid":"([^"]+)"/.exec(text)?.[1];
  }

  async #post(path: string, body: object): Promise<void> {
    const { status, text } = await this.#caller.call("POST", path, body);
    // A report may come after another life has ended its workflow.
    if (status >= 500 || status === 400) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
  }

  /** Leaves no connection open that it does not use just now: how many it has says nothing of the service. */
  rest(): void {
    this.#caller.rest();
  }

  close(): void {
    this.#caller.close();
  }
}

/** Lives in a second, when everybody begins the next one at once. */
async function capacity(lives: Lives): Promise<number> {
  const until = performance.now() + CALIBRATION * 1000;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < until) await lives.one();
    }),
  );
  return (1000 * lives.count) / (performance.now() - began);
}

/** Begins so many lives in a second, whether or not others have ended; skips when too many have not. */
async function steadily(lives: Lives, rate: number, until: number): Promise<number> {
  const open = new Set<Promise<void>>();
  let skipped = 0;
  for (let next = Date.now(); next < until; next += 1000 / rate) {
    await delay(Math.max(0, next - Date.now()));
    if (open.size >= 4 * CONNECTIONS) skipped++;
    else {
      const life = lives.one().finally(() => open.delete(life));
      open.add(life);
    }
  }
  await Promise.all(open);
  return skipped;
}

/** Figures of one process, minute by minute: of memory the least of each minute, after most garbage is gone. */
type Minutes = ProcessFigures[];

function least(looks: readonly ProcessFigures[]): ProcessFigures {
  const of = (name: keyof ProcessFigures) => Math.min(...looks.map((look) => look[name]));
  return {
    rss: of("rss"),
    heap: of("heap"),
    descriptors: of("descriptors"),
    resources: of("resources"),
    cpu: of("cpu"),
  };
}

function tellProcess(name: string, minutes: Minutes): boolean {
  const warm = minutes.slice(Math.floor(minutes.length * WARM_UP));
  let good = true;
  const rows = (["rss", "heap", "descriptors", "resources"] as const).map((what) => {
    const numbers = warm.map((figures) => figures[what]);
    const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
    const grown = slope(numbers) * (numbers.length - 1);
    const inBytes = what === "rss" || what === "heap";
    const grows = grown > Math.max(GROWTH.part * first, inBytes ? GROWTH.bytes : 8);
    good = good && !grows;
    const shown = inBytes ? mib : (value: number) => value.toFixed(0);
    const unit = inBytes ? `${what}, MiB` : what;
    return [`${name}: ${unit}`, shown(first), shown(last), shown(slope(numbers)), grows ? "grows" : "steady"];
  });
  console.log(table(["after warming up", "first", "last", "a minute", "verdict"], rows));
  return good;
}

function tellKeys(looks: readonly Map<string, number>[]): boolean {
  const families = [...new Set(looks.flatMap((look) => [...look.keys()]))].sort();
  let good = true;
  const rows = families.map((family) => {
    const numbers = looks.map((look) => look.get(family) ?? 0);
    const bounded = Math.max(...numbers) <= MOST_KEYS;
    good = good && bounded;
    return [`\`${family}\``, ...numbers, bounded ? "bounded" : "grows"];
  });
  console.log(table(["keys that are no entities", ...looks.map((_, n) => `look ${n + 1}`), "verdict"], rows));
  return good;
}

async function soak(site: Site): Promise<boolean> {
  const [web, worker] = [await site.start("web"), await site.start("worker")];
  const lives = new Lives(web.url);
  await capacity(lives);
  lives.count = 0;
  const most = await capacity(lives);
  console.log(
    `capacity: ${most.toFixed(1)} workflows' lives in a second; now half of that for ${MINUTES} minutes\n`,
  );
  await delay(5000);
  lives.took = [];

  const until = Date.now() + MINUTES * 60_000;
  const load = steadily(lives, most / 2, until);
  const minutes: Record<"web" | "worker", Minutes> = { web: [], worker: [] };
  const keys = [await keyFamilies(site.redis)];
  const lookAgain = Math.max(1, Math.floor(MINUTES / 4));
  for (let minute = 1; minute <= MINUTES; minute++) {
    const looks: Record<"web" | "worker", ProcessFigures[]> = { web: [], worker: [] };
    for (let second = 0; second < 60; second += LOOK) {
      await delay(LOOK * 1000 - SETTLING);
      lives.rest();
      await delay(SETTLING);
      looks.web.push(await readFigures(web.url));
      looks.worker.push(await readFigures(worker.url));
    }
    const [ofWeb, ofWorker] = [least(looks.web), least(looks.worker)];
    minutes.web.push(ofWeb);
    minutes.worker.push(ofWorker);
    if (minute % lookAgain === 0) keys.push(await keyFamilies(site.redis));
    const took = lives.took.splice(0);
    const memory = ({ rss, heap }: ProcessFigures) => `${mib(rss)} MiB, heap ${mib(heap)} MiB`;
    console.log(
      `${minute}: ${took.length} lives, median ${ms(quantile(took, 0.5))} ms; web ${memory(ofWeb)}; worker ${memory(ofWorker)}`,
    );
  }
  const skipped = await load;
  lives.close();
  console.log(`\nlives that were skipped, for too many were under way: ${skipped}\n`);
  const results = [tellProcess("web", minutes.web), tellProcess("worker", minutes.worker), tellKeys(keys)];
  return results.every((good) => good);
}

await onSite({}, soak);
