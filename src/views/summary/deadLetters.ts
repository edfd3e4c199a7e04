import type { PhaseChange } from "../../domain/phases.js";
import type { NewestDeadLetter, WaitReasons } from "../../domain/summary.js";
import { truncateText } from "../../domain/truncateText.js";
import type { Wms } from "../../lifecycle/context.js";
import { isDeadLetter } from "../../lifecycle/handOut.js";
import type { StoredTaskforce } from "../../store/records.js";

/** Dead letters that a summary names. A change of more than these at once is one notification, which counts them. */
const MAX_NAMED = 100;
/** Characters of an error. The log of the taskforce has the whole text. */
const MAX_ERROR_CHARS = 200;

/** Collects the newest dead letters of a workflow, for notifications. */
export class DeadLetterCollector {
  readonly #wms: Wms;
  #found: NewestDeadLetter[] = [];

  constructor(wms: Wms) {
    this.#wms = wms;
  }

  add(record: StoredTaskforce, log: readonly PhaseChange[]): void {
    if (!isDeadLetter(this.#wms, record)) return;
    const last = log.at(-1);
    const error = last === undefined || last.was_successful ? null : truncateText(last.context, MAX_ERROR_CHARS);
    this.#found.push({ taskforce_uuid: record.uuid, schedd: record.schedd, since: Number(record.since), error });
    if (this.#found.length >= 10 * MAX_NAMED) this.#found = this.#newest();
  }

  /** The part of the summary. */
  newest(): Pick<WaitReasons, "newest_dead"> {
    return this.#found.length === 0 ? {} : { newest_dead: this.#newest() };
  }

  #newest(): NewestDeadLetter[] {
    return this.#found.sort((a, b) => b.since - a.since).slice(0, MAX_NAMED);
  }
}
