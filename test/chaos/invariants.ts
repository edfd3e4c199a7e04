import type { Evidence, Invariant, Violation } from "./evidence.js";
import { answersAreInOrder, refusedClustersHadAReason } from "./invariants/responseInvariants.js";
import { leasesAreExclusive } from "./invariants/leaseInvariants.js";
import {
  endedWorkflowsRunNothing,
  nothingIsLeftOnItsWay,
  phasesFollowTheGraph,
  runningClustersAreKnown,
  startedOnesHaveACluster,
} from "./invariants/phaseInvariants.js";
import { countsEqualARecount, indexesEqualAScan, queuesEqualThePhases } from "./invariants/projectionInvariants.js";
import { summariesEqualARecount } from "./invariants/summaryInvariants.js";
import {
  createdWorkflowsAreThere,
  keysTakeEffectOnce,
  reportsAreThere,
  statusesAreTheNewest,
} from "./invariants/writeInvariants.js";

/** What must hold whatever was broken, by name. */
const INVARIANTS: Record<string, Invariant> = {
  "created workflows are there": createdWorkflowsAreThere,
  "keys take effect once": keysTakeEffectOnce,
  "reports are there": reportsAreThere,
  "statuses are the newest": statusesAreTheNewest,
  "answers are in order": answersAreInOrder,
  "refused clusters had a reason": refusedClustersHadAReason,
  "leases are exclusive": leasesAreExclusive,
  "started ones have a cluster": startedOnesHaveACluster,
  "phases follow the graph": phasesFollowTheGraph,
  "ended workflows run nothing": endedWorkflowsRunNothing,
  "running clusters are known": runningClustersAreKnown,
  "nothing is left on its way": nothingIsLeftOnItsWay,
  "indexes equal a scan": indexesEqualAScan,
  "queues equal the phases": queuesEqualThePhases,
  "counts equal a recount": countsEqualARecount,
  "summaries equal a recount": summariesEqualARecount,
};

export const INVARIANT_NAMES = Object.keys(INVARIANTS);

/** Checks every invariant. @returns all that contradicts one */
export async function checkAll(evidence: Evidence): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const [invariant, check] of Object.entries(INVARIANTS))
    for (const finding of await check(evidence)) violations.push({ invariant, ...finding });
  return violations;
}
