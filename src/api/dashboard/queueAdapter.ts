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

/** Jobs of one page at most; the board's own pages end at 50. */
const MAX_PAGE_JOBS = 100;

/** How a failed job of a queue is retried. */
type RetryJob = (job: Job) => Promise<void>;

/** What a stopper job's progress says when it keeps failing. */
interface StopperProgress {
  failing: number;
  error: string;
}

/**
 * A queue as the board sees it. Jobs carry only an id, so what is shown beside it is read from the store; and a retry is the
 * service's own.
 */
export class QueueAdapter extends BullMQAdapter {
  readonly #wms: Wms;
  readonly #queue: Queue;
  readonly #retry: RetryJob;

  constructor(wms: Wms, queue: Queue) {
    super(queue, {
      displayName: queueDisplayName(queue.name),
      // The board takes undefined for no link, though its types don't say so.
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

  /** The job itself, speaking of its entity and retried by our own means. */
  #decorate(job: Job, entity: EntityView | undefined): Job {
    const json = job.toJSON();
    const trouble = stopperFailureOf(job);
    return Object.assign(job, {
      toJSON: () => ({
        ...json,
        // The rank in the queue, which would be taken for the workflow's priority.
        priority: 0,
        ...(entity && { name: entity.headline, data: entity.data }),
        // The board paints red what has a reason; BullMQ keeps old traces of what was retried since.
        ...(trouble === undefined
          ? { stacktrace: json.failedReason ? json.stacktrace : [] }
          : { failedReason: trouble, stacktrace: [trouble] }),
      }),
      retry: () => this.#retry(job),
    });
  }
}

/** What is wrong with a job that is never given up. */
function stopperFailureOf({ progress }: Job): string | undefined {
  const { failing, error } = (typeof progress === "object" ? progress : {}) as Partial<StopperProgress>;
  if (failing === undefined) return undefined;
  return `condor-rm failed ${failing} times, and goes on being tried: ${error}`;
}

/** The work is done once more, as if for the first time: its waits begin anew. */
const retryFromStart: RetryJob = (job) =>
  Job.prototype.retry.call(job, "failed", { resetAttemptsMade: true, resetAttemptsStarted: true });

/** The taskforce is handed out again, and its log says by whom. */
const retryAsOperator =
  (wms: Wms): RetryJob =>
  ({ id = "" }) =>
    retryTaskforce(wms, id as TaskforceUuid, currentOperator());

const retryFunctionOf = (wms: Wms, queue: Queue): RetryJob =>
  [...wms.queues.schedds().values()].some(({ starter }) => starter.queue === queue)
    ? retryAsOperator(wms)
    : retryFromStart;
