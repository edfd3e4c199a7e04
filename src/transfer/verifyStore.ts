import { isDeepStrictEqual } from "node:util";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";
import { type VisitedEntity, verifyPartition } from "../store/verifyPartition.js";

/** What a check of the store covered. */
export interface VerifiedCounts {
  workflows: number;
  taskforces: number;
  /** Workflows whose summary is out of date: the fan-out job makes it. */
  staleSummaries: number;
}

/**
 * Checks that all that is derived follows from the records: indexes, counts, summaries and queues. Nothing may change
 * meanwhile, so the service must not run.
 *
 * @param counts are added up during the check
 * @returns sentences that name what differs
 */
export async function* verifyStore(store: Store, queues: Queues, counts: VerifiedCounts): AsyncGenerator<string> {
  queues.ensureSchedds(await store.knownSchedds());
  const waiting = new WaitingTaskforces();
  for (let partition = 0; partition < store.partitions; partition++) {
    const phases = new Map<WorkflowId, Map<string, number>>();
    yield* verifyPartition(store, partition, (entity) => {
      if (entity.kind === "workflow") {
        counts.workflows++;
        phases.set(entity.id, phases.get(entity.id) ?? new Map());
        return;
      }
      counts.taskforces++;
      waiting.add(entity);
      const ofWorkflow = phases.get(workflowOf(entity.id)) ?? new Map<string, number>();
      phases.set(workflowOf(entity.id), ofWorkflow);
      const phase = entity.fields["phase"] as string;
      ofWorkflow.set(phase, (ofWorkflow.get(phase) ?? 0) + 1);
    });
    yield* verifySummaries(store, phases, counts);
  }
  yield* verifyQueues(queues, waiting);
}

async function* verifySummaries(
  { summaries }: Store,
  phases: ReadonlyMap<WorkflowId, ReadonlyMap<string, number>>,
  counts: VerifiedCounts,
): AsyncGenerator<string> {
  for (const [workflow, byPhase] of phases) {
    if (!(await summaries.isCurrent(workflow))) {
      counts.staleSummaries++;
      continue;
    }
    const summary = await summaries.fetch(workflow);
    if (summary === undefined) yield `${workflow} has no summary, and is not marked to get one`;
    else if (
      !isDeepStrictEqual(new Map(Object.entries(summary.taskforces_by_phase).sort()), new Map([...byPhase].sort()))
    )
      yield `the summary of ${workflow} has other numbers of taskforces than its records`;
  }
}

/** The taskforces that belong in queues. */
class WaitingTaskforces {
  readonly #bySchedd = { starter: new Map<string, Set<string>>(), stopper: new Map<string, Set<string>>() };
  /** Workflows that wait for their activation. */
  readonly activation = new Set<string>();

  add({ id, fields }: Extract<VisitedEntity, { kind: "taskforce" }>): void {
    const phase = fields["phase"] as Phase;
    const queue = phase === "pending-starter" ? "starter" : isToStop(fields) ? "stopper" : undefined;
    if (phase === "pre-mq-activation" || phase === "pre-launch") this.activation.add(workflowOf(id));
    if (queue !== undefined) this.of(queue, fields["schedd"] as string).add(id);
  }

  of(queue: LeasedQueueName, schedd: string): Set<string> {
    const known = this.#bySchedd[queue].get(schedd) ?? new Set<TaskforceUuid>();
    this.#bySchedd[queue].set(schedd, known);
    return known;
  }
}

const isToStop = ({ phase, cluster_id }: Readonly<Record<string, string>>): boolean =>
  phase === "pending-stopper" && cluster_id !== undefined;

async function* verifyQueues(queues: Queues, waiting: WaitingTaskforces): AsyncGenerator<string> {
  for (const [schedd, ofSchedd] of queues.schedds())
    for (const kind of ["starter", "stopper"] as const)
      yield* compareQueue(`the ${kind} queue of ${schedd}`, ofSchedd[kind], waiting.of(kind, schedd));
  const lacking = await queues.activation.missingJobs().findMissing([...waiting.activation]);
  for (const id of lacking) yield `the queue of activations lacks ${id}`;
}

/** A job that is not needed does no harm, but a pass of reconcile would have removed it. */
async function* compareQueue(name: string, queue: LeaseQueue, wanted: ReadonlySet<string>): AsyncGenerator<string> {
  const missing = new Set(wanted);
  for await (const { ids } of queue.jobBatches())
    for (const id of ids) if (!missing.delete(id) && !wanted.has(id)) yield `${name} holds ${id}, which does not wait`;
  for (const id of missing) yield `${name} lacks ${id}`;
}
