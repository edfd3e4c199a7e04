/**
 * Sends each request of a catalogue of hostile ones three times at once to a web process, again and again for some seconds.
 * Meanwhile small requests of other clients are measured. Prints a row for each hostile request, and the worst figures.
 *
 *   npm run bench:hostile [-- --only <part of a name>] [--quick]
 *
 * `--quick` sends the short battery of the test suite, each request for a second. Exit code 1 if a limit is exceeded. A
 * process that dies or does not become idle is a result: the next request gets a new one.
 */
import { type BenchEnvironment, withBenchEnvironment } from "../benchEnvironment.js";
import { formatMs, markdownTable, maxOf, numericOption } from "../figures.js";
import { formatMib } from "../processFigures.js";
import { HOSTILE_REQUESTS } from "./catalogue.js";
import { HostileClients } from "./hostileClients.js";
import { CLUSTER_LOCATIONS, createHostilePopulation } from "./hostilePopulation.js";
import {
  ATTACK_LIMITS,
  type AttackFigures,
  type AttackSite,
  exceededLimits,
  measureAttack,
  measureIdleMedian,
} from "./measureAttack.js";
import { smallRequests } from "./smallRequests.js";

const IS_QUICK = process.argv.includes("--quick");
const ONLY = process.argv.flatMap((argument, index, all) => (all[index - 1] === "--only" ? [argument] : []));
const TASKFORCES = numericOption("taskforces", 5000);
/** Milliseconds of an attack, and of the small requests without one. */
const DURATION = IS_QUICK ? { minMs: 1000, maxMs: 5000 } : { minMs: 2500, maxMs: 10_000 };
const IDLE_MS = IS_QUICK ? 1000 : 3000;
/** Hostile requests between two measurements without an attack. */
const IDLE_INTERVAL = 20;

const HEAD = [
  "hostile request, three at once",
  "KB",
  "statuses",
  "small requests",
  "median over idle",
  "99 %",
  "longest",
  "MiB",
  "idle after, s",
  "longest PING",
  "probe's event loop",
  "exceeded",
];

function row(figures: AttackFigures, idleMedianMs: number, exceeded: readonly string[]): string[] {
  const { idleMs, hasDied, statuses } = figures;
  return [
    figures.name.replaceAll("|", "\\|"),
    (figures.bodyBytes / 1000).toFixed(0),
    [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ") || "none",
    String(figures.smallRequests),
    formatMs(figures.medianMs - idleMedianMs),
    formatMs(figures.p99Ms),
    formatMs(figures.longestMs),
    formatMib(figures.peakBytes),
    hasDied ? "died" : idleMs === undefined ? "stuck" : (idleMs / 1000).toFixed(1),
    formatMs(figures.redisMs),
    formatMs(figures.probeLoopMs),
    exceeded.join(", "),
  ];
}

/** Formats the largest figure of all attacks, and its limit. */
function worst(
  what: string,
  limit: number,
  of: (attack: AttackFigures) => number,
  all: readonly AttackFigures[],
): string {
  const most = maxOf(all.map(of));
  const name = all.find((attack) => of(attack) === most)?.name ?? "";
  return `worst ${what}: ${formatMs(most)}, limit ${limit}: ${name}`;
}

async function runHostileBenchmark(site: BenchEnvironment): Promise<boolean> {
  const chosen = HOSTILE_REQUESTS.filter(
    ({ name, isInShortBattery }) =>
      (!IS_QUICK || isInShortBattery) && (ONLY.length === 0 || ONLY.some((part) => name.includes(part))),
  );
  const population = await createHostilePopulation(site.wms, TASKFORCES);
  const clients = await HostileClients.start();
  // The log of a process that is attacked would hide the rows.
  const startWeb = () => site.startProcess("web", { LOG_LEVEL: "silent" });
  let web = await startWeb();
  const attackSite = (): AttackSite => ({
    web,
    redisUrl: site.redisUrl,
    clients,
    targets: population.targets,
    small: smallRequests(population),
  });
  const attacks: AttackFigures[] = [];
  const rows: string[][] = [];
  let idleMedianMs = Number.NaN;
  let good = true;
  let overIdleMs = 0;
  try {
    for (const [index, request] of chosen.entries()) {
      if (index % IDLE_INTERVAL === 0 || Number.isNaN(idleMedianMs))
        idleMedianMs = await measureIdleMedian(attackSite(), IDLE_MS);
      const figures = await measureAttack(request, attackSite(), DURATION);
      const exceeded = exceededLimits(figures, idleMedianMs);
      good = good && exceeded.length === 0;
      overIdleMs = Math.max(overIdleMs, figures.medianMs - idleMedianMs);
      attacks.push(figures);
      rows.push(row(figures, idleMedianMs, exceeded));
      console.log(rows.at(-1)?.join("  "));
      for (const failure of figures.failures.slice(0, 2)) console.log(`  a small request failed: ${failure}`);
      for (const { status, error } of clients.answers.filter(({ error }) => error !== "").slice(0, 1))
        console.log(`  ${status}: ${error}`);
      if (figures.idleMs !== undefined) continue;
      await web.kill();
      web = await startWeb();
      idleMedianMs = Number.NaN;
    }
  } finally {
    clients.close();
    await web.kill();
  }
  console.log(`\n${TASKFORCES} taskforces, 106 of them large. Milliseconds unless the head says otherwise:\n`);
  console.log(markdownTable(HEAD, rows));
  const { medianOverIdleMs, p99Ms, longestMs, peakBytes, idleMs } = ATTACK_LIMITS;
  console.log(
    [
      "",
      `worst median over idle: ${formatMs(overIdleMs)}, limit ${medianOverIdleMs}`,
      worst("99 %", p99Ms, (attack) => attack.p99Ms, attacks),
      worst("longest", longestMs, (attack) => attack.longestMs, attacks),
      worst("MB", peakBytes / 1e6, (attack) => attack.peakBytes / 1e6, attacks),
      worst("ms until idle", idleMs, (attack) => attack.idleMs ?? Number.POSITIVE_INFINITY, attacks),
      `${rows.filter((cells) => cells.at(-1) === "").length} of ${rows.length} within all limits`,
    ].join("\n"),
  );
  return good;
}

await withBenchEnvironment({ CLUSTER_LOCATIONS }, runHostileBenchmark);
