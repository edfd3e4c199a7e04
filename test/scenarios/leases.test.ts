import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TmsAction } from "../../scripts/tms/tmsActions.js";
import { failuresOf, type ServiceScenario, startServiceScenario } from "./serviceScenario.js";

describe("a lease", () => {
  let story: ServiceScenario;
  beforeAll(async () => {
    story = await startServiceScenario({
      TMS_LEASE_SECONDS: "0.5",
      TMS_ACTION_RETRIES: "2",
      TMS_RETRY_WAIT: "0",
    });
  });
  afterAll(() => story.close());

  it("that runs out offers the taskforce again, more often than failures would allow", async () => {
    const at = story.nextAccessPoint();
    const { taskforce_uuid } = await story.createPending(at);
    for (let crash = 0; crash < 4; crash++)
      expect((await story.takeToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
    const taskforce = await story.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pending-starter");
    expect(failuresOf(taskforce, "condor-submit")).toEqual([]);
  });

  it("that runs out offers a cluster to be stopped again", async () => {
    const at = story.nextAccessPoint();
    const { uuid } = await story.createInPhase("pending-stopper", at);
    for (let crash = 0; crash < 2; crash++) expect((await story.takeToStop(at.createTms)).taskforce_uuid).toBe(uuid);
  });

  it("of a taskforce that was reported never runs out", async () => {
    const at = story.nextAccessPoint();
    const reported = await story.createRunning(at);
    const forgotten = await story.createPending(at);
    // By the time the second lease has run out twice, the first one would have, too.
    for (let crash = 0; crash < 3; crash++)
      expect((await story.takeToStart(at.createTms)).taskforce.taskforce_uuid).toBe(forgotten.taskforce_uuid);
    expect((await story.readTaskforce(reported.uuid)).phase).toBe("condor-submit");
  });

  it("of a cluster that was removed never runs out", async () => {
    const at = story.nextAccessPoint();
    const removed = await story.createInPhase("condor-rm", at);
    const forgotten = await story.createInPhase("pending-stopper", at);
    for (let crash = 0; crash < 3; crash++)
      expect((await story.takeToStop(at.createTms)).taskforce_uuid).toBe(forgotten.uuid);
    expect((await story.readTaskforce(removed.uuid)).phase).toBe("condor-rm");
  });

  it("that ran out does not spoil a report that comes late but first", async () => {
    const at = story.nextAccessPoint();
    const { taskforce_uuid } = await story.createPending(at);
    const slow = await story.takeToStart(at.createTms);
    const actions: TmsAction[] = [];
    const restarted = story.tms(at.schedd, { onAction: (action) => actions.push(action) });
    const again = await story.takeToStart(restarted);
    expect(again.taskforce.taskforce_uuid).toBe(taskforce_uuid);

    const { cluster_id } = await at.createTms.submit(slow);

    // The other one submitted it, too: nobody will ever stop that cluster, so it learns that it has to.
    await expect(restarted.submit(again)).rejects.toMatchObject({ status: 404 });
    expect(actions.map(({ kind }) => kind)).toContain("stray");
    expect(await story.readTaskforce(taskforce_uuid)).toMatchObject({ phase: "condor-submit", cluster_id });
    expect(await at.createTms.leaseStarter()).toBeUndefined();
  });
});
