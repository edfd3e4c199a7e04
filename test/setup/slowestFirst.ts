import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Parts of paths of the test files that take longest, the slowest first. They start processes or browsers. */
const SLOW_PATHS = [
  "admin/",
  "chaos/",
  "proxies/",
  "hostile/",
  "fuzz/",
  "page/",
  "tutorial/",
  "diagnosis/",
  "ops/",
  "api/dashboard/",
  "api/bodies",
  "release/",
  "secrets/",
  "processes/",
  "views/events/",
  "views/query/",
  "activation/",
  "redis/",
  "auth/",
  "client/",
  "cli/",
  "scenarios/",
  "api/",
  "metrics/",
];

/** Runs slow files first, so that no worker ends the run alone with one. Vitest itself knows the times of earlier runs only. */
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
