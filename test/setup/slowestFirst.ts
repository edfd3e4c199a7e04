import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Parts of paths of the test files that take longest, the slowest first: they start processes or browsers. */
const SLOW_PATHS = [
  "cli/commands",
  "page/views",
  "dashboard/buttons",
  "auth/operatorLogin",
  "tutorial/",
  "dashboard/dashboardView",
  "auth/tokens",
  "page/",
  "processes/",
  "api/connections",
  "metrics/",
  "chaos/",
  "fuzz/",
  "client/",
  "redis/",
  "views/events/",
  "cli/",
  "activation/",
];

/** Runs what takes long first, so that no worker is left alone with it in the end. Vitest knows only what it ran here before. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const found = SLOW_PATHS.findIndex((part) => moduleId.includes(`/test/${part}`));
  return found === -1 ? SLOW_PATHS.length : found;
}
