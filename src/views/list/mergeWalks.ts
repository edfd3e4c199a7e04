import { WORK } from "../query/limits.js";
import type { WorkMeter } from "../query/meter.js";
import { comparePlaces, type ListPosition, type WorkflowWalk } from "./workflowWalk.js";

/** Work for one page, in units of about a microsecond. A search ends there. */
const MAX_WORK = 200_000;
const METER_UNITS_PER_UNIT = WORK.millisecond / 1000;

/** What a page may hold and cost. */
export interface PageLimits {
  readonly limit: number;
  readonly meter: WorkMeter;
  /** In units of about a microsecond. */
  readonly maxWork?: number;
}

/** The workflows of a page, as members of indexes, which walks through one section after the other fill. */
export class ListPage {
  readonly members: string[] = [];
  readonly #limit: number;
  readonly #meter: WorkMeter;
  readonly #maxWork: number;
  #work = 0;

  constructor({ limit, meter, maxWork = MAX_WORK }: PageLimits) {
    this.#limit = limit;
    this.#meter = meter;
    this.#maxWork = maxWork;
  }

  /** Whether it has as many workflows as the caller wants. */
  get isFull(): boolean {
    return this.members.length === this.#limit;
  }

  get #isUsedUp(): boolean {
    return this.#work >= this.#maxWork;
  }

  /**
   * Merges the walks of a section, until the page is full or its work is used up.
   *
   * @param start after which the walks begin
   * @returns the place after which the next page begins; `"ended"`: the walks have ended, and the page may go on
   */
  async fill(
    walks: readonly WorkflowWalk[],
    start: ListPosition | undefined,
  ): Promise<ListPosition | undefined | "ended"> {
    if (this.isFull || this.#isUsedUp) return start;
    let last = start;
    for (;;) {
      const unknown = walks.filter((walk) => walk.first === undefined && walk.reached !== undefined);
      const barrier = highest(unknown, ({ reached }) => reached);
      const next = highest(walks, ({ first }) => first);
      if (next !== undefined && (barrier === undefined || comparePlaces(next.place, barrier.place) > 0)) {
        if (this.isFull) return last;
        last = next.place;
        this.members.push(next.place.member);
        next.walk.take();
      } else if (barrier === undefined) return "ended";
      else if (this.isFull) return last;
      // Each walk has gone on by now, so this is the place of a workflow.
      else if (this.#isUsedUp) return barrier.place;
      else await this.#advance(unknown, walks.length);
    }
  }

  async #advance(walks: readonly WorkflowWalk[], total: number): Promise<void> {
    const wanted = this.#limit + 1 - this.members.length;
    // The matches are spread evenly, so a few more than the share of a walk suffice mostly.
    const limit = Math.min(wanted, Math.ceil((2 * wanted) / total) + 2);
    const works = await Promise.all(walks.map((walk) => walk.advance(limit)));
    this.#work += await chargeWork(this.#meter, works);
  }
}

/** Counts the work of walks. @returns the sum, in units of about a microsecond. @throws the reason of the meter's signal */
export async function chargeWork(meter: WorkMeter, works: readonly number[]): Promise<number> {
  const work = works.reduce((sum, each) => sum + each, 0);
  meter.charge(work * METER_UNITS_PER_UNIT);
  await meter.pause();
  return work;
}

function highest(
  walks: readonly WorkflowWalk[],
  placeOf: (walk: WorkflowWalk) => ListPosition | undefined,
): { walk: WorkflowWalk; place: ListPosition } | undefined {
  let found: { walk: WorkflowWalk; place: ListPosition } | undefined;
  for (const walk of walks) {
    const place = placeOf(walk);
    if (place !== undefined && (found === undefined || comparePlaces(place, found.place) > 0)) found = { walk, place };
  }
  return found;
}
