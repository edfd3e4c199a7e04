import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { JobStatus, QueueAdapterOptions } from "@bull-board/api/typings/app";
import { Job, type Queue } from "bullmq";
import type { TaskforceUuid } from "../../domain/ids.js";
import type { Wms } from "../../lifecycle/context.js";
import { retryTaskforce } from "../../lifecycle/retryTaskforce.js";
import { actingOperator } from "./audit.js";
import { boardName, shownName } from "./boardNames.js";
import { type ShownEntity, shownEntities } from "./entityViews.js";
import { pageOf } from "./operatorPaths.js";

/** Jobs of one page at most; the board's own pages end at 50. */
const LONGEST_PAGE = 100;

/** How a failed job of a queue is retried. */
type Retry = (job: Job) => Promise<void>;

/** What a stopper job's progress says when it keeps failing. */
interface Failing {
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
  readonly #retry: Retry;

  constructor(wms: Wms, queue: Queue) {
    super(queue, {
      displayName: shownName(queue.name),
      // The board takes undefined for no link, though its types don't say so.
      externalJobUrl: (({ id }) => pageOf(String(id))) as NonNullable<QueueAdapterOptions["externalJobUrl"]>,
    });
    this.#wms = wms;
    this.#queue = queue;
    this.#retry = retryOf(wms, queue);
  }

  override getName(): string {
    return boardName(this.#queue.name);
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && (await this.#shown([job]))[0];
  }

  override async getJobs(statuses: JobStatus[], start = 0, end = LONGEST_PAGE - 1): Promise<Job[]> {
    return this.#shown(await super.getJobs(statuses, start, Math.min(end, start + LONGEST_PAGE - 1)));
  }

  async #shown(jobs: Job[]): Promise<Job[]> {
    const entities = await shownEntities(
      this.#wms,
      jobs.map(({ id }) => id ?? ""),
    );
    return jobs.map((job, index) => this.#dressed(job, entities[index]));
  }

  /** The job itself, speaking of its entity and retried by our own means. */
  #dressed(job: Job, entity: ShownEntity | undefined): Job {
    const json = job.toJSON();
    const trouble = troubleOf(job);
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
function troubleOf({ progress }: Job): string | undefined {
  const { failing, error } = (typeof progress === "object" ? progress : {}) as Partial<Failing>;
  if (failing === undefined) return undefined;
  return `condor-rm failed ${failing} times, and goes on being tried: ${error}`;
}

/** The work is done once more, as if for the first time: its waits begin anew. */
const rerun: Retry = (job) =>
  Job.prototype.retry.call(job, "failed", { resetAttemptsMade: true, resetAttemptsStarted: true });

/** The taskforce is handed out again, and its log says by whom. */
const handOutAgain =
  (wms: Wms): Retry =>
  ({ id = "" }) =>
    retryTaskforce(wms, id as TaskforceUuid, actingOperator());

const retryOf = (wms: Wms, queue: Queue): Retry =>
  [...wms.queues.schedds().values()].some(({ starter }) => starter.queue === queue)
    ? handOutAgain(wms)
    : rerun;
