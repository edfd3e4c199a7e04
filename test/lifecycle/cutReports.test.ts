import { expect, test } from "vitest";
import { reportStatuses } from "../../src/lifecycle/reportStatuses.js";
import { reportRemoveFailed, reportSubmitFailed } from "../../src/lifecycle/tmsReports.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { recordingLog } from "../setup/recordingLog.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { openTestWms } from "./openTestWms.js";

test("the log has a warning for each part of a report that is cut", async () => {
  const { wms } = await openTestWms(1);
  const { log, lines } = recordingLog();
  const whole = makeWholeWorkflow(1);
  for (const taskforce of whole.taskforces) taskforce.phase = "pending-starter";
  await createWholeWorkflow(wms.store, whole, 0);
  const uuid = whole.taskforces[0]!.taskforce_uuid;
  const reporting = { ...wms, log };
  await reportSubmitFailed(reporting, uuid, { error: "x".repeat(9000), reporter: "tms" });
  await reportRemoveFailed(reporting, uuid, { error: "short", reporter: "tms" });
  await reportStatuses(reporting, {
    top_task_errors_by_taskforce: { [uuid]: { ["y".repeat(9000)]: 1 } },
    compound_statuses_by_taskforce: { [uuid]: { ["z".repeat(2_000_000)]: {}, IDLE: {} } },
  });
  const warnings = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
  expect(warnings).toMatchObject([
    { taskforce: uuid, field: "error", bytes: 9000 },
    { taskforce: uuid, field: "compound_statuses", cut: "1 of 2 entries left out" },
    { taskforce: uuid, field: "top_task_errors", cut: "0 of 1 errors left out, 1 shortened" },
  ]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(10_000);
});
