import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TmsAction } from "../../scripts/tms/tmsActions.js";
import { failuresOf, type Story, startStory } from "./serviceScenario.js";

describe("a lease", () => {
  let story: Story;
  beforeAll(async () => {
    story = await startStory({ TMS_LEASE_SECONDS: "0.5", TMS_ACTION_RETRIES: "2", TMS_RETRY_WAIT: "0" });
  });
  afterAll(() => story.close());

  it("that runs out offers the taskforce again, more often than failures would allow", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    for (let crash = 0; crash < 4; crash++)
      expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
    const taskforce = await story.taskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pending-starter");
    expect(failuresOf(taskforce, "condor-submit")).toEqual([]);
  });

  it("that runs out offers a cluster to be stopped again", async () => {
    const at = story.accessPoint();
    const { uuid } = await story.broughtTo("pending-stopper", at);
    for (let crash = 0; crash < 2; crash++)
      expect((await story.takesToStop(at.tms)).taskforce_uuid).toBe(uuid);
  });

  it("of a taskforce that was reported never runs out", async () => {
    const at = story.accessPoint();
    const reported = await story.running(at);
    const forgotten = await story.pending(at);
    // By the time the second lease has run out twice, the first one would have, too.
    for (let crash = 0; crash < 3; crash++)
      expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(forgotten.taskforce_uuid);
    expect((await story.taskforce(reported.uuid)).phase).toBe("condor-submit");
  });

  it("of a cluster that was removed never runs out", async () => {
    const at = story.accessPoint();
    const removed = await story.broughtTo("condor-rm", at);
    const forgotten = await story.broughtTo("pending-stopper", at);
    for (let crash = 0; crash < 3; crash++)
      expect((await story.takesToStop(at.tms)).taskforce_uuid).toBe(forgotten.uuid);
    expect((await story.taskforce(removed.uuid)).phase).toBe("condor-rm");
  });

  it("that ran out does not spoil a report that comes late but first", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    const slow = await story.takes(at.tms);
    const actions: TmsAction[] = [];
    const restarted = story.tms(at.schedd, { onAction: (action) => actions.push(action) });
    const again = await story.takes(restarted);
    expect(again.taskforce.taskforce_uuid).toBe(taskforce_uuid);

    const { cluster_id } = await at.tms.submit(slow);

    // The other one submitted it, too: nobody will ever stop that cluster, so it learns that it has to.
    await expect(restarted.submit(again)).rejects.toMatchObject({ status: 404 });
    expect(actions.map(({ kind }) => kind)).toContain("stray");
    expect(await story.taskforce(taskforce_uuid)).toMatchObject({ phase: "condor-submit", cluster_id });
    expect(await at.tms.takeStarter()).toBeUndefined();
  });
});
