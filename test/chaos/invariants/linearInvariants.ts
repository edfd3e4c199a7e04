import { type TaskforceUuid, workflowOf } from "../../../src/domain/ids.js";
import { CHAOS_SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";
import { groupBy } from "../groupBy.js";
import { type JobCall, leasedJobModel } from "../leasedJobModel.js";
import { checkLinearizability, type Operation } from "../linearizability.js";
import type { RecordedRequest, RequestKind } from "../requestHistory.js";
import { MAX_EFFECT_DELAY_MS } from "./leaseInvariants.js";

/** What a successful request means for the jobs of a taskforce in the two queues. */
const CALLS: Record<"starter" | "stopper", Partial<Record<RequestKind, JobCall>>> = {
  starter: {
    "submit-failed": "failure",
    submit: "done",
    remove: "done",
    complete: "done",
    abort: "done",
    finish: "done",
  },
  stopper: { "remove-failed": "failure", abort: "wanted", finish: "wanted", remove: "done", complete: "done" },
};

/**
 * Checks that the hand-outs and reports of each taskforce are linearizable: one order of them, in which each takes effect
 * between its request and its response, is what a queue with exclusive leases does.
 */
export function leasesAreLinearizable({ history, queueDeletionTimesMs }: Evidence): Finding[] {
  const bySubject = groupBy(history.requests, ({ subject }) => subject);
  const handedOut = history.requests.filter(({ handedOutUuid }) => handedOutUuid !== undefined);
  const deletions: Operation<JobCall>[] = [];
  for (let index = 0; index + 1 < queueDeletionTimesMs.length; index += 2) {
    const [sentAtMs = 0, endedAtMs = 0] = queueDeletionTimesMs.slice(index, index + 2);
    deletions.push({ call: "queue lost", sentAtMs, endedAtMs, isOptional: false });
  }
  return [...groupBy(handedOut, ({ handedOutUuid }) => handedOutUuid ?? "")].flatMap(([taskforce, polls]) =>
    (["starter", "stopper"] as const).flatMap((queue) => {
      const handOuts = polls.filter(({ kind }) => kind === `lease-${queue}`);
      if (handOuts.length === 0) return [];
      const reports = [
        ...(bySubject.get(taskforce) ?? []),
        ...(bySubject.get(workflowOf(taskforce as TaskforceUuid)) ?? []),
      ];
      const operations = [
        ...handOuts.map((poll): Operation<JobCall> => ({ ...poll, call: "hand-out", isOptional: false })),
        ...reports.flatMap((report) => toOperation(report, queue)),
        ...deletions.filter(({ endedAtMs }) => endedAtMs >= (handOuts[0]?.sentAtMs ?? 0)),
      ];
      const model = leasedJobModel(queue === "starter" ? "waiting" : "absent", 1000 * CHAOS_SETTINGS.leaseSeconds);
      if (checkLinearizability(model, operations) !== "not linearizable") return [];
      return [{ message: `no order of its ${queue} operations is possible: ${describe(operations)}`, taskforce }];
    }),
  );
}

function toOperation(request: RecordedRequest, queue: "starter" | "stopper"): Operation<JobCall>[] {
  const { kind, outcome, sentAtMs, endedAtMs } = request;
  if (kind === "submit" && outcome === "refused" && queue === "starter")
    return [{ call: "refused", sentAtMs, endedAtMs, isOptional: false }];
  const call = CALLS[queue][kind];
  if (call === undefined || outcome === "refused") return [];
  if (outcome === "done") return [{ call, sentAtMs, endedAtMs, isOptional: false }];
  return [{ call, sentAtMs, endedAtMs: sentAtMs + MAX_EFFECT_DELAY_MS, isOptional: true }];
}

const describe = (operations: readonly Operation<JobCall>[]): string =>
  operations
    .toSorted((one, other) => one.sentAtMs - other.sentAtMs)
    .map(({ call, sentAtMs, endedAtMs, isOptional }) => `${call}${isOptional ? "?" : ""} ${sentAtMs}–${endedAtMs}`)
    .join(", ");
