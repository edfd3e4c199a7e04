/**
 * The TMSs of 500 schedds ask for work every second while 50 users submit workflows: how long anybody waits, how many connections
 * Redis has, and how much memory the processes use, a line each minute.
 *
 *   npm run bench:many [-- --minutes 30]
 *
 * Exit code 1 when a poll waits longer than a second, or a taskforce longer than five until it is handed out.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Caller } from "./timedHttpClient.js";
import { largest, ms, option, quantile, table } from "./figures.js";
import { submission } from "./population.js";
import { clusterLocations, scheddOf, workflowRequest } from "./prepare.js";
import { mib, readFigures, redisCpu } from "./processFigures.js";
import { onSite, type Site } from "./benchEnvironment.js";

const MINUTES = option("minutes", 30);
const SCHEDDS = 500;
const USERS = 50;
/** Milliseconds between two polls of a schedd, and between two workflows of a user. */
const POLL = 1000;
const THINK = 10_000;
/** Locations of each of a workflow's two tasks. */
const SPREAD = 5;
/** The longest that a poll and a taskforce may wait, in milliseconds. */
const LONGEST = { poll: 1000, taskforce: 5000 };

const site = (n: number): string => `site-${n % SCHEDDS}`;
const CLUSTER_LOCATIONS = clusterLocations(Array.from({ length: SCHEDDS }, (_, n) => site(n)));

/** What happened since the last look. Milliseconds. */
interface Seen {
  polls: number[];
  submits: number[];
  /** From the creation of taskforces to their hand-out. */
  waits: number[];
}

const nothing = (): Seen => ({ polls: [], submits: [], waits: [] });

class Crowd {
  readonly #caller: Caller;
  readonly #until: number;
  #seen = nothing();
  #clusterId = 0;

  constructor(url: string, until: number) {
    this.#caller = new Caller(url, SCHEDDS + USERS);
    this.#until = until;
  }

  /** Everybody begins at another moment of the first second, or ten. */
  async run(): Promise<void> {
    const schedds = Array.from({ length: SCHEDDS }, (_, n) =>
      this.#repeat(POLL, n / SCHEDDS, () => this.#poll(n)),
    );
    const users = Array.from({ length: USERS }, (_, n) =>
      this.#repeat(THINK, n / USERS, () => this.#submit(n)),
    );
    await Promise.all([...schedds, ...users]);
    this.#caller.close();
  }

  drain(): Seen {
    const seen = this.#seen;
    this.#seen = nothing();
    return seen;
  }

  async #repeat(interval: number, phase: number, work: () => Promise<void>): Promise<void> {
    await delay(interval * phase);
    while (Date.now() < this.#until) {
      const began = Date.now();
      await work();
      await delay(Math.max(0, began + interval - Date.now()));
    }
  }

  async #poll(n: number): Promise<void> {
    for (;;) {
      const path = `/v1/tms/pending-starter/taskforces?schedd=${scheddOf(site(n))}`;
      const { text, took } = await this.#caller.expect("GET", path);
      this.#seen.polls.push(took);
      const { taskforce } = (text === "" ? {} : JSON.parse(text)) as {
        taskforce?: { taskforce_uuid: string; timestamp: number };
      };
      if (taskforce === undefined) return;
      this.#seen.waits.push(Date.now() - 1000 * taskforce.timestamp);
      const report = submission(++this.#clusterId, this.#clusterId);
      await this.#caller.expect(
        "POST",
        `/v1/tms/condor-submit/taskforces/${taskforce.taskforce_uuid}`,
        report,
      );
    }
  }

  async #submit(n: number): Promise<void> {
    const first = Math.floor(Math.random() * SCHEDDS);
    const locations = Array.from({ length: SPREAD }, (_, more) => site(first + 97 * more + n));
    const { took } = await this.#caller.expect(
      "POST",
      "/v1/workflows",
      workflowRequest(2, [...new Set(locations)]),
    );
    this.#seen.submits.push(took);
  }
}

async function many(at: Site): Promise<boolean> {
  const own = await connections(at);
  const web = await at.start("web");
  const worker = await at.start("worker");
  const crowd = new Crowd(web.url, Date.now() + MINUTES * 60_000);
  const running = crowd.run();
  const rows: (string | number)[][] = [];
  let good = true;
  let cpu = [0, 0, await redisCpu(at.redis)];
  console.log(
    `${SCHEDDS} schedds poll every ${POLL / 1000} s, ${USERS} users submit a workflow of ${2 * SPREAD} taskforces every ${THINK / 1000} s\n`,
  );
  for (let minute = 1; minute <= MINUTES; minute++) {
    await Promise.race([delay(60_000), running]);
    const { polls, submits, waits } = crowd.drain();
    const [webFigures, workerFigures] = [await readFigures(web.url), await readFigures(worker.url)];
    const used = [webFigures.cpu, workerFigures.cpu, await redisCpu(at.redis)];
    const busy = used.map((seconds, n) => Math.round((100 * (seconds - (cpu[n] ?? 0))) / 60));
    cpu = used;
    const row = [
      minute,
      polls.length,
      `${ms(quantile(polls, 0.99))} / ${ms(largest(polls))}`,
      submits.length,
      `${ms(quantile(submits, 0.99))} / ${ms(largest(submits))}`,
      `${ms(quantile(waits, 0.99))} / ${ms(largest(waits))}`,
      (await connections(at)) - own,
      busy.join(" / "),
      `${mib(webFigures.rss)} / ${mib(webFigures.heap)}`,
      `${mib(workerFigures.rss)} / ${mib(workerFigures.heap)}`,
    ];
    console.log(row.join("  "));
    rows.push(row);
    good = good && largest(polls) <= LONGEST.poll && largest(waits) <= LONGEST.taskforce;
  }
  await running;
  console.log(
    "\nMilliseconds: 99th percentile / longest; busy: web / worker / Redis, % of a core; MiB: resident / heap\n",
  );
  const head = [
    "minute",
    "polls",
    "poll",
    "workflows",
    "create",
    "wait of a taskforce",
    "connections to Redis",
    "busy",
    "web",
    "worker",
  ];
  console.log(table(head, rows));
  return good;
}

async function connections({ redis }: Site): Promise<number> {
  return Number(/^connected_clients:(\d+)/m.exec(await redis.info("clients"))?.[1]);
}

await onSite({ CLUSTER_LOCATIONS }, many);
