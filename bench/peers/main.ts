/**
 * Compares the service with programs that do similar work, on this machine. A peer that is not available is skipped.
 *
 *   npm run bench:peers [-- <part of a peer's name> …] [--rounds 5] [--taskforces 1000] [--locations test-alpha,test-beta]
 *
 * - `EXISTING_WMS_URL`: an empty instance of the existing service on MongoDB without authentication; it gets the same requests.
 *   `--taskforces` are stored on both sides, `--locations` must be known to both.
 * - Faktory: its binary `faktory` on the PATH.
 * - graphile-worker: `DATABASE_URL` of a PostgreSQL, and the package, which is no dependency.
 */
import { withBenchEnvironment } from "../benchEnvironment.js";
import { CLUSTER_LOCATIONS } from "../benchLocations.js";
import { formatMs, markdownTable, numericOption } from "../figures.js";
import { createPendingTaskforces } from "../prepare.js";
import { compareAlternating } from "../ratio.js";
import { existingService } from "./existingService.js";
import { faktory } from "./faktory.js";
import { graphileWorker } from "./graphileWorker.js";
import { type Peer, type PeerComparison, TAKEN_PER_ROUND } from "./peer.js";

const PEERS: readonly Peer[] = [existingService, faktory, graphileWorker];
const ROUNDS = numericOption("rounds", 5);

const formatRate = ({ shows }: PeerComparison, perSecond: number): string =>
  shows === "rate" ? `${Math.round(perSecond)}/s` : `${formatMs(1000 / perSecond)} ms`;

/** Measures one peer beside a service of its own. @returns whether it succeeded */
function measurePeer(peer: Peer): Promise<void> {
  return withBenchEnvironment(
    { CLUSTER_LOCATIONS },
    async (environment) => {
      if (peer.takesTaskforces) await createPendingTaskforces(environment.wms, (ROUNDS + 1) * TAKEN_PER_ROUND);
      const ours = await environment.startProcess("web");
      await environment.startProcess("worker");
      console.log(`\n## ${peer.name}\n`);
      const rows: string[][] = [];
      for await (const comparison of peer.compare({ ...environment, ours, rounds: ROUNDS })) {
        const ratio = await compareAlternating(comparison.ours, comparison.theirs, ROUNDS);
        rows.push([
          comparison.work,
          formatRate(comparison, ratio.ours),
          formatRate(comparison, ratio.baseline),
          ratio.median.toFixed(2),
          `${ratio.lowest.toFixed(2)}…${ratio.highest.toFixed(2)}`,
        ]);
      }
      console.log(markdownTable(["work", "service", peer.name, "ratio", "lowest…highest"], rows));
      return true;
    },
    { appendOnly: true },
  );
}

const names = process.argv
  .slice(2)
  .filter((argument, index, all) => !/^--/.test(argument) && !/^--/.test(all[index - 1] ?? ""));
for (const peer of PEERS.filter(({ name }) => names.every((part) => name.includes(part)))) {
  const obstacle = await peer.findObstacle();
  if (obstacle === undefined) await measurePeer(peer);
  else console.log(`skipped ${peer.name}: ${obstacle}`);
}
