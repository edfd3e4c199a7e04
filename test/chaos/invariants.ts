import type { Evidence, Invariant, Violation } from "./evidence.js";
import { leasesAreExclusive } from "./invariants/leaseInvariants.js";
import { leasesAreLinearizable } from "./invariants/linearInvariants.js";
import {
  endedWorkflowsRunNothing,
  nothingStaysTransient,
  phasesFollowTheGraph,
  runningClustersAreKnown,
  startedTaskforcesHaveCluster,
} from "./invariants/phaseInvariants.js";
import { countsEqualRecount, indexesEqualScan, queuesEqualPhases } from "./invariants/projectionInvariants.js";
import { refusedClustersHadAReason, responsesAreExpected } from "./invariants/responseInvariants.js";
import { summariesEqualRecount } from "./invariants/summaryInvariants.js";
import {
  createdWorkflowsExist,
  reportsAreVisible,
  requestsTakeEffectOnce,
  statusesAreTheNewest,
  timestampsAreReal,
} from "./invariants/writeInvariants.js";

/** The invariants by the names in `docs/reliability.md`. */
const INVARIANTS: Record<string, Invariant> = {
  "created workflows exist": createdWorkflowsExist,
  "requests take effect once": requestsTakeEffectOnce,
  "timestamps are real": timestampsAreReal,
  "reports are stored": reportsAreVisible,
  "statuses are the newest": statusesAreTheNewest,
  "answers are valid": responsesAreExpected,
  "rejected clusters have a reason": refusedClustersHadAReason,
  "leases are exclusive": leasesAreExclusive,
  "hand-outs and reports are linearizable": leasesAreLinearizable,
  "started taskforces have a cluster": startedTaskforcesHaveCluster,
  "phases follow the graph": phasesFollowTheGraph,
  "ended workflows run nothing": endedWorkflowsRunNothing,
  "running clusters are known": runningClustersAreKnown,
  "no taskforce is stuck": nothingStaysTransient,
  "indexes equal a scan": indexesEqualScan,
  "queues equal the phases": queuesEqualPhases,
  "counts equal a recount": countsEqualRecount,
  "summaries equal a recount": summariesEqualRecount,
};

export const INVARIANT_NAMES = Object.keys(INVARIANTS);

/** Checks every invariant. @returns all violations */
export async function checkAll(evidence: Evidence): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const [invariant, check] of Object.entries(INVARIANTS))
    for (const finding of await check(evidence)) violations.push({ invariant, ...finding });
  return violations;
}
