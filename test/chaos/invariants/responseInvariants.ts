import type { Evidence, Finding } from "../evidence.js";
import type { RequestKind } from "../requestHistory.js";

/**
 * Requests that the contract may refuse: a repetition, and a report about a taskforce in another phase. Users check the
 * responses to other refusals.
 */
const REFUSABLE_KINDS: readonly RequestKind[] = ["abort", "finish", "submit", "submit-failed"];

/** Checks that each response is a success, a refusal of the contract, or a request to retry. */
export function responsesAreExpected({ history, expectations }: Evidence): Finding[] {
  const unexpected = history.requests.filter(
    ({ kind, outcome }) => outcome === "failed" || (outcome === "refused" && !REFUSABLE_KINDS.includes(kind)),
  );
  return [
    ...unexpected.map(({ kind, subject, status, sentAtMs }) => ({
      message: `${kind} ${subject} at ${new Date(sentAtMs).toISOString()} got ${status}`,
    })),
    ...expectations.unexpectedResponses.map((message) => ({ message })),
  ];
}

/** Checks that a cluster was refused only if its taskforce had another one or had ended. */
export function refusedClustersHadAReason({ history, apiView }: Evidence): Finding[] {
  return history.ofKinds("submit").flatMap(({ subject, outcome, body }) => {
    const taskforce = apiView.taskforces.get(subject);
    const { cluster_id } = body as { cluster_id: number };
    if (outcome !== "refused" || taskforce === undefined) return [];
    const ended = ["condor-rm", "condor-complete"].includes(taskforce.phase);
    const another = taskforce.cluster_id !== null && taskforce.cluster_id !== cluster_id;
    return ended || another
      ? []
      : [{ message: `cluster ${cluster_id} was refused without a reason`, taskforce: subject }];
  });
}
