import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FINDING_CODES, type FindingCode } from "../../src/domain/diagnosis.js";
import type { PageDriver } from "../page/pageDriver.js";
import { closeContexts } from "../setup/browser.js";
import { expectGone, expectShown } from "./expectedFinding.js";
import { QUEUE_CAUSES } from "./queueCauses.js";
import { SCHEDD_CAUSES } from "./scheddCauses.js";
import { SERVICE_CAUSES } from "./serviceCauses.js";
import { StagedService } from "./stagedService.js";
import { WORKFLOW_CAUSES } from "./workflowCauses.js";

const CAUSES = [...QUEUE_CAUSES, ...SCHEDD_CAUSES, ...SERVICE_CAUSES, ...WORKFLOW_CAUSES];

/** Codes that no cause stages, with the reason. */
const NOT_STAGED: Partial<Record<FindingCode, string>> = {};

const releases: (() => unknown)[] = [];
let service: StagedService;
let page: PageDriver;
beforeAll(async () => {
  service = await StagedService.start((release) => releases.push(release));
  page = await service.openPage();
});
afterAll(async () => {
  await closeContexts();
  for (const release of releases.toReversed()) await release();
});

describe("API, summary, command line, page and metric agree, and forget the cause when it ends:", () => {
  it.each(CAUSES)("$name", async ({ codes, stage }) => {
    const { expected, undo } = await stage(service);
    try {
      expect([...new Set(expected.map(({ code }) => code))].sort()).toEqual([...codes].sort());
      await expectShown(service, page, expected);
    } finally {
      await undo?.();
    }
    if (undo !== null) await expectGone(service, page, expected);
    expect(page.browserErrors).toEqual([]);
  });
});

it("every code is staged, or has a reason why not", () => {
  const staged = new Set<string>([...CAUSES.flatMap(({ codes }) => codes), ...Object.keys(NOT_STAGED)]);
  expect(FINDING_CODES.filter((code) => !staged.has(code))).toEqual([]);
});
