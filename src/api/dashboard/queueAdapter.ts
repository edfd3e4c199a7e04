import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { JobStatus, QueueAdapterOptions } from "@bull-board/api/typings/app";
import { Job, type Queue } from "bullmq";
import type { TaskforceUuid } from "../../domain/ids.js";
import type { Wms } from "../../lifecycle/context.js";
import { retryTaskforce } from "../../lifecycle/retryTaskforce.js";
import { currentOperator } from "../operatorAuth/audit.js";
import { queueDisplayName, toBoardName } from "./boardNames.js";
import { type EntityView, fetchEntityViews } from "./entityViews.js";
import { entityLinkOf } from "./operatorPaths.js";

/** Limit of jobs in one page. The board's pages have 50 at most. */
const MAX_PAGE_JOBS = 100;

/** Retries a failed job of a queue. */
type RetryJob = (job: Job) => Promise<void>;

/** Progress of a stopper job that keeps failing. */
interface StopperProgress {
  failing: number;
  error: string;
}

/**
 * A queue of the board. Jobs carry only an id, so the adapter reads the details from the store. A retry of a starter job
 * also resets the taskforce.
 */
export class QueueAdapter extends BullMQAdapter {
  readonly #wms: Wms;
  readonly #queue: Queue;
  readonly #retry: RetryJob;

  constructor(wms: Wms, queue: Queue) {
    super(queue, {
      displayName: queueDisplayName(queue.name),
      // The board accepts undefined for no link, unlike its types.
      externalJobUrl: (({ id }) => entityLinkOf(String(id))) as NonNullable<QueueAdapterOptions["externalJobUrl"]>,
    });
    this.#wms = wms;
    this.#queue = queue;
    this.#retry = retryFunctionOf(wms, queue);
  }

  override getName(): string {
    return toBoardName(this.#queue.name);
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && (await this.#withEntities([job]))[0];
  }

  override async getJobs(statuses: JobStatus[], start = 0, end = MAX_PAGE_JOBS - 1): Promise<Job[]> {
    return this.#withEntities(await super.getJobs(statuses, start, Math.min(end, start + MAX_PAGE_JOBS - 1)));
  }

  async #withEntities(jobs: Job[]): Promise<Job[]> {
    const entities = await fetchEntityViews(
      this.#wms,
      jobs.map(({ id }) => id ?? ""),
    );
    return jobs.map((job, index) => this.#decorate(job, entities[index]));
  }

  /** Adds the details of the entity to a job, and replaces its retry. */
  #decorate(job: Job, entity: EntityView | undefined): Job {
    const json = job.toJSON();
    const failure = stopperFailureOf(job);
    return Object.assign(job, {
      toJSON: () => ({
        ...json,
        // BullMQ's priority is the rank in the queue, which operators would mistake for the workflow's priority.
        priority: 0,
        ...(entity && { name: entity.headline, data: entity.data }),
        // The board shows a job with a reason as failed, and BullMQ keeps the traces of retried jobs.
        ...(failure === undefined
          ? { stacktrace: json.failedReason ? json.stacktrace : [] }
          : { failedReason: failure, stacktrace: [failure] }),
      }),
      retry: () => this.#retry(job),
    });
  }
}

/** Why a stopper job keeps failing. Such a job is retried without limit. */
function stopperFailureOf({ progress }: Job): string | undefined {
  const { failing, error } = (typeof progress === "object" ? progress : {}) as Partial<StopperProgress>;
  if (failing === undefined) return undefined;
  return `condor-rm failed ${failing} times and is retried: ${error}`;
}

/** Resets the number of attempts, so that the backoff starts again. */
const retryFromStart: RetryJob = (job) =>
  Job.prototype.retry.call(job, "failed", { resetAttemptsMade: true, resetAttemptsStarted: true });

/** Resets the failures of the taskforce. Its log names the operator. */
const retryAsOperator =
  (wms: Wms): RetryJob =>
  ({ id = "" }) =>
    retryTaskforce(wms, id as TaskforceUuid, currentOperator());

const retryFunctionOf = (wms: Wms, queue: Queue): RetryJob =>
  [...wms.queues.schedds().values()].some(({ starter }) => starter.queue === queue)
    ? retryAsOperator(wms)
    : retryFromStart;
