import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { JobStatus, QueueAdapterOptions } from "@bull-board/api/typings/app";
import { Job, type ObliterateOpts, type Queue } from "bullmq";
import type { TaskforceUuid } from "../../domain/ids.js";
import type { Wms } from "../../lifecycle/context.js";
import { retryTaskforce } from "../../lifecycle/retryTaskforce.js";
import { currentOperator } from "../operatorAuth/audit.js";
import { fetchEntityView } from "./entityViews.js";
import { entityLinkOf } from "./operatorPaths.js";

/** Limit of jobs in one page. The board's pages have 50 at most. */
const MAX_PAGE_JOBS = 100;

/**
 * A queue of the board. Jobs carry only an id, so the adapter reads the details from the store. A retry of a starter job
 * also resets the taskforce.
 */
export class QueueAdapter extends BullMQAdapter {
  readonly #wms: Wms;
  readonly #queue: Queue;

  /** @param basePath path of the service behind a reverse proxy, without a slash at the end; empty: it has none */
  constructor(wms: Wms, queue: Queue, basePath: string) {
    super(queue, {
      displayName: decodeURIComponent(queue.name),
      // The board accepts undefined for no link, unlike its types.
      externalJobUrl: (({ id }) => entityLinkOf(basePath, String(id))) as NonNullable<
        QueueAdapterOptions["externalJobUrl"]
      >,
    });
    this.#wms = wms;
    this.#queue = queue;
  }

  /**
   * The board decodes the names of queues once more than its pages encode them, which would corrupt a percent sign. The
   * names of queues have no `=`, because special characters of a schedd are percent-encoded.
   */
  override getName(): string {
    return this.#queue.name.replaceAll("%", "=");
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && this.#withEntity(job);
  }

  override async getJobs(statuses: JobStatus[], start = 0, end = MAX_PAGE_JOBS - 1): Promise<Job[]> {
    const jobs = await super.getJobs(statuses, start, Math.min(end, start + MAX_PAGE_JOBS - 1));
    return Promise.all(jobs.map((job) => this.#withEntity(job)));
  }

  /** Records the operator, unless the queue is paused already. */
  override async pause(): Promise<void> {
    if (!(await super.isPaused())) await this.#wms.store.pauses.record(this.#queue.name, currentOperator());
    await super.pause();
  }

  override async resume(): Promise<void> {
    await super.resume();
    await this.#wms.store.pauses.remove(this.#queue.name);
  }

  /** Also ends the pause: the queue is recreated without it. */
  override async obliterate(options?: ObliterateOpts): Promise<void> {
    await super.obliterate(options);
    await this.#wms.store.pauses.remove(this.#queue.name);
  }

  /** Adds the details of the entity to a job, and replaces its retry. */
  async #withEntity(job: Job): Promise<Job> {
    const entity = await fetchEntityView(this.#wms, job.id ?? "");
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

  async #retry(job: Job): Promise<void> {
    const { id = "" } = job;
    // The log of the taskforce names the operator.
    if ([...this.#wms.queues.schedds().values()].some(({ starter }) => starter.queue === this.#queue))
      await retryTaskforce(this.#wms, id as TaskforceUuid, currentOperator());
    // Without the number of attempts, the backoff starts again.
    else await Job.prototype.retry.call(job, "failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
  }
}

/** Why a stopper job keeps failing. Such a job is retried without limit. */
function stopperFailureOf({ progress }: Job): string | undefined {
  const { failing, error } = (typeof progress === "object" ? progress : {}) as { failing?: number; error?: string };
  if (failing === undefined) return undefined;
  return `condor-rm failed ${failing} times and is retried: ${error}`;
}
