import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderPhasesPage } from "../../scripts/docs/phases.js";
import { PHASE_TRANSITIONS, PHASES, type Phase } from "../../src/domain/phases.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { freshStore } from "../setup/freshStore.js";
import { advance } from "./advance.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

test("docs/phases.md shows the transitions of the code (else: npm run docs)", () => {
  expect(readFileSync("docs/phases.md", "utf8")).toBe(renderPhasesPage());
});

const entry = (target_phase: Phase) =>
  encodeLogEntry({
    target_phase,
    timestamp: 1_700_000_001,
    was_successful: true,
    source_event_time: null,
    source_entity: "TMS",
    context: "",
  });

test.each(PHASES)("the scripts move a taskforce out of %s as the table says", async (from) => {
  const { redis, store } = await freshStore(1);
  const whole = makeWholeWorkflow(PHASES.length + 1);
  for (const taskforce of whole.taskforces) taskforce.phase = from;
  await createWholeWorkflow(store, whole, 0);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const { transitions } = store;

  for (const [index, to] of PHASES.entries()) {
    if (to === from) continue;
    const uuid = uuids[index]!;
    if (to === "condor-submit") {
      const report = { cluster_id: 1, n_workers: 1, submit_dict: {}, job_event_log_fpath: "" };
      await transitions.recordSubmit(uuid, report, { submitted: entry(to), deactivated: entry(to) });
    } else if (to === "pending-stopper") {
      await transitions.stopTaskforces([uuid], { moved: entry(to), left: entry(to) });
    } else if (to === "condor-rm") {
      await transitions.recordRemoval(uuid, { removed: entry(to), tooLate: entry(to) });
    } else if (to === "condor-complete") {
      await transitions.recordCompletion(uuid, entry(to));
    } else {
      await advance(transitions, uuid, from, to, entry(to));
    }
    const phase = (await store.fetch("taskforce", uuid))?.phase;
    expect(phase, `to ${to}`).toBe(to in PHASE_TRANSITIONS[from] ? to : from);
  }
  expect(await redis.zcard(`wms:{0}:ix:taskforce:phase:${from}`)).toBeGreaterThan(0);
});
