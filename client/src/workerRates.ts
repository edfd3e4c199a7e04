/** Seconds over which a rate is measured. */
const RATE_WINDOW_SECONDS = 120;
/** Minimum seconds between the two samples of a rate. */
const MIN_RATE_SECONDS = 5;

interface Sample {
  atSeconds: number;
  count: number;
}

/** Measures how fast counts of workers grow, by task. */
export class WorkerRates {
  readonly #samples = new Map<string, Sample[]>();

  /**
   * Adds the count of a task.
   *
   * @param atSeconds epoch seconds
   * @returns workers per minute; undefined while the rate is unknown
   */
  addCount(taskId: string, atSeconds: number, count: number): number | undefined {
    const isRecent = (sample: Sample) => sample.atSeconds >= atSeconds - RATE_WINDOW_SECONDS;
    const samples = [...(this.#samples.get(taskId) ?? []).filter(isRecent), { atSeconds, count }];
    this.#samples.set(taskId, samples);
    const [oldest = { atSeconds, count }] = samples;
    const seconds = atSeconds - oldest.atSeconds;
    return seconds < MIN_RATE_SECONDS ? undefined : Math.max(0, (60 * (count - oldest.count)) / seconds);
  }
}
