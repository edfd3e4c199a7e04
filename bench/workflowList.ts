/**
 * Measures the list of workflows with 100,000 of them in the store, one taskforce each.
 *
 *   npm run bench:list [-- --workflows 20000] [--requests 30]     (100,000: about five minutes)
 *
 * The baseline reads the newest 50 workflows with the fewest commands of Redis, without HTTP. Exit code 1 if the median of a
 * first page exceeds 150 ms.
 */
import type { WorkflowDigest } from "../src/domain/workflowDigest.js";
import { allEntitiesKey, idOfMember, partitionOf, recordKey, summaryKey } from "../src/store/keys.js";
import type { Store } from "../src/store/store.js";
import { withBenchEnvironment } from "./benchEnvironment.js";
import { formatMs, markdownTable, numericOption, quantile } from "./figures.js";
import { CLUSTER_LOCATIONS, LOCATIONS, Population, type PopulationProfile, sampleSubmitReport } from "./population.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { TimedHttpClient } from "./timedHttpClient.js";

const WORKFLOWS = numericOption("workflows", 100_000);
const REQUESTS = numericOption("requests", 30);
/** Rows of a page. */
const ROWS = 50;
/** Limit of the median of a first page, in milliseconds. */
const MAX_MEDIAN_MS = 150;
/** One of so many workflows has the rare owner and label, and needs attention. */
const RARE = 1000;

/** One in ten workflows runs, the others have ended. */
const PROFILE: PopulationProfile = {
  taskforcesPerWorkflow: 1,
  request: (n) => sampleWorkflowRequest(1, [LOCATIONS[n % LOCATIONS.length] ?? "north"]),
  outcome: (n) => (n % 10 === 0 ? "running" : n % 10 < 8 ? "complete" : "aborted"),
  report: sampleSubmitReport,
  origin: (n) => ({
    creator: {
      subject: n % RARE === 0 ? "rare" : `user-${n % 20}`,
      name: `User ${n % 20}`,
      groups: [],
      client: "bench",
    },
    annotations: {
      name: `Reconstruction, run ${n}`,
      labels: { season: `IC86.${2011 + (n % 14)}`, ...(n % RARE === 0 && { rare: "yes" }) },
      note: null,
    },
  }),
};

/** What people ask for, as query strings. The last ones search beyond the limit of one page, unless they find enough. */
const LISTS = [
  "",
  "owner=user-3",
  "owner=rare",
  "state=active",
  "state=aborted",
  "state=ended",
  "state=needs-attention",
  "label=season=IC86.2015",
  "label=rare=yes&owner=rare&state=ended",
  "sort=change",
  "sort=workers",
  "sort=severity",
  "owner=rare&sort=change",
  "schedd=ap-north.example.org",
  "q=reconstruction",
  "q=run 99 user",
  "q=nowhere-to-be-found",
];
const SEARCHES = 1;

interface ListBody {
  workflows: WorkflowDigest[];
  is_cut_short: boolean;
}

/** Reads what a page of the newest needs. @returns milliseconds */
async function readBarePage({ redis, partitions }: Store): Promise<number> {
  const beganMs = performance.now();
  const keys = Array.from({ length: partitions }, (_, partition) => allEntitiesKey(partition, "workflow"));
  const newest = await Promise.all(keys.map((key) => redis.zrange(key, 0, String(ROWS - 1), "REV")));
  const ids = newest
    .flat()
    .map((member) => idOfMember("workflow", member))
    .sort()
    .slice(-ROWS);
  await Promise.all(
    ids.map(async (id) => {
      const partition = partitionOf(id, partitions);
      await Promise.all([
        redis.hgetall(recordKey(partition, "workflow", id)),
        redis.getBuffer(summaryKey(partition, id)),
      ]);
    }),
  );
  return performance.now() - beganMs;
}

await withBenchEnvironment(
  { CLUSTER_LOCATIONS },
  async ({ wms, startProcess }) => {
    const population = new Population(wms, PROFILE);
    await population.growTo(WORKFLOWS);
    const { url } = await startProcess("web");
    await startProcess("worker");
    const http = new TimedHttpClient(url, 1);
    const bare = quantile(await repeat(() => readBarePage(wms.store)), 0.5);
    const rows: string[][] = [["(bare reads)", formatMs(bare), "", String(ROWS), ""]];
    let isWithin = true;
    for (const [index, query] of LISTS.entries()) {
      const path = `/v1/workflows?limit=${ROWS}&${query}`;
      const { text } = await http.call("GET", path);
      const { workflows, is_cut_short } = JSON.parse(text) as ListBody;
      const took = quantile(await repeat(async () => (await http.call("GET", path)).took), 0.5);
      if (index < LISTS.length - SEARCHES && took > MAX_MEDIAN_MS) isWithin = false;
      rows.push([
        query || "(all)",
        formatMs(took),
        (bare / took).toFixed(2),
        String(workflows.length),
        is_cut_short ? "yes" : "",
      ]);
    }
    console.log(`\n${WORKFLOWS.toLocaleString("en")} workflows, medians of ${REQUESTS} requests\n`);
    console.log(markdownTable(["list", "first page", "baseline / ours", "rows", "cut short"], rows));
    return isWithin;
  },
  { appendOnly: true },
);

async function repeat(measure: () => Promise<number>): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < REQUESTS; n++) took.push(await measure());
  return took;
}
