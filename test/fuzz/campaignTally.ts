import type { Outcome } from "./rawConnection.js";

const CLASSES = ["2xx", "3xx", "4xx", "5xx", "none"] as const;
type Class = (typeof CLASSES)[number];

/** What a campaign has seen so far. */
export class Tally {
  readonly seed: number;
  requests = 0;
  /** How often the store was compared before and after requests that were refused. */
  comparisons = 0;
  /** How often it could not be, because one of them was not refused after all. */
  notCompared = 0;
  slowest = { milliseconds: 0, route: "" };
  readonly violations: string[] = [];
  readonly #byRoute = new Map<string, Record<Class, number>>();

  constructor(seed: number) {
    this.seed = seed;
  }

  note(route: string, outcome: Outcome): void {
    this.requests++;
    const counts = this.#byRoute.get(route) ?? { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
    this.#byRoute.set(route, counts);
    if (outcome.kind !== "answer") {
      counts.none++;
      return;
    }
    const { status, milliseconds } = outcome.answer;
    counts[`${Math.floor(status / 100)}xx` as Class]++;
    if (milliseconds > this.slowest.milliseconds) this.slowest = { milliseconds, route };
  }

  violation(what: string): void {
    this.violations.push(what);
  }

  /** The table that is printed, in Markdown. */
  table(): string {
    const rows = [...this.#byRoute].sort(([one], [other]) => (one < other ? -1 : 1));
    const sums = CLASSES.map((name) => rows.reduce((sum, [, counts]) => sum + counts[name], 0));
    const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
    return [
      line(["route", ...CLASSES.slice(0, -1), "no answer"]),
      line(["---", ...CLASSES.map(() => "---:")]),
      ...rows.map(([route, counts]) => line([`\`${route}\``, ...CLASSES.map((name) => counts[name])])),
      line(["all", ...sums]),
      "",
      `seed ${this.seed}, ${this.requests} requests; slowest answer ${Math.round(this.slowest.milliseconds)} ms (${this.slowest.route}); ` +
        `store compared ${this.comparisons} times, not ${this.notCompared} times; ${this.violations.length} violations`,
    ].join("\n");
  }
}
