import type { RawOutcome } from "./rawConnection.js";

const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx", "none"] as const;
type StatusClass = (typeof STATUS_CLASSES)[number];

/** Counts and violations of a campaign. */
export class CampaignTally {
  readonly seed: number;
  requests = 0;
  /** Comparisons of the store before and after refused requests. */
  comparisons = 0;
  /** Comparisons skipped because the service accepted one of the requests. */
  skippedComparisons = 0;
  slowest = { milliseconds: 0, route: "" };
  readonly violations: string[] = [];
  readonly #byRoute = new Map<string, Record<StatusClass, number>>();

  constructor(seed: number) {
    this.seed = seed;
  }

  recordOutcome(route: string, outcome: RawOutcome): void {
    this.requests++;
    const counts = this.#byRoute.get(route) ?? { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
    this.#byRoute.set(route, counts);
    if (outcome.kind !== "answer") {
      counts.none++;
      return;
    }
    const { status, durationMs } = outcome.answer;
    counts[`${Math.floor(status / 100)}xx` as StatusClass]++;
    if (durationMs > this.slowest.milliseconds) this.slowest = { milliseconds: durationMs, route };
  }

  addViolation(description: string): void {
    this.violations.push(description);
  }

  /** Formats the counts as a Markdown table with a summary line. */
  formatTable(): string {
    const rows = [...this.#byRoute].sort(([one], [other]) => (one < other ? -1 : 1));
    const sums = STATUS_CLASSES.map((name) => rows.reduce((sum, [, counts]) => sum + counts[name], 0));
    const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
    return [
      line(["route", ...STATUS_CLASSES.slice(0, -1), "no response"]),
      line(["---", ...STATUS_CLASSES.map(() => "---:")]),
      ...rows.map(([route, counts]) => line([`\`${route}\``, ...STATUS_CLASSES.map((name) => counts[name])])),
      line(["all", ...sums]),
      "",
      `seed ${this.seed}, ${this.requests} requests; slowest response ${Math.round(this.slowest.milliseconds)} ms (${this.slowest.route}); ` +
        `${this.comparisons} comparisons of the store, ${this.skippedComparisons} skipped; ${this.violations.length} violations`,
    ].join("\n");
  }
}
