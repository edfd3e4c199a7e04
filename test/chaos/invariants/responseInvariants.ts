import type { Evidence, Finding } from "../evidence.js";
import type { RequestKind } from "../requestHistory.js";

/**
 * What may be refused: a repetition of what took effect, and a report about a taskforce that is elsewhere by now. Users say
 * themselves when they are surprised.
 */
const REFUSABLE_KINDS: readonly RequestKind[] = ["abort", "finish", "submit", "submit-failed"];

/** No request was answered with anything but success, a refusal that the contract knows, or the advice to come again. */
export function responsesAreExpected({ history, expectations }: Evidence): Finding[] {
  const odd = history.requests.filter(
    ({ kind, outcome }) => outcome === "failed" || (outcome === "refused" && !REFUSABLE_KINDS.includes(kind)),
  );
  return [
    ...odd.map(({ kind, subject, status, sentAtMs }) => ({
      message: `${kind} ${subject} at ${new Date(sentAtMs).toISOString()} was answered with ${status}`,
    })),
    ...expectations.unexpectedResponses.map((message) => ({ message })),
  ];
}

/** A cluster was refused only where the taskforce already had another one, or had ended. */
export function refusedClustersHadAReason({ history, apiView }: Evidence): Finding[] {
  return history.ofKinds("submit").flatMap(({ subject, outcome, body }) => {
    const taskforce = apiView.taskforces.get(subject);
    const { cluster_id } = body as { cluster_id: number };
    if (outcome !== "refused" || taskforce === undefined) return [];
    const ended = ["condor-rm", "condor-complete"].includes(taskforce.phase);
    const another = taskforce.cluster_id !== null && taskforce.cluster_id !== cluster_id;
    return ended || another
      ? []
      : [{ message: `its cluster ${cluster_id} was refused without a reason`, taskforce: subject }];
  });
}
