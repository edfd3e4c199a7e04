import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresOf, lastEntry, type Story, startStory } from "./serviceScenario.js";

describe("a condor-rm that fails", () => {
  let story: Story;
  beforeAll(async () => {
    story = await startStory({ TMS_RETRY_WAIT: "0.01", TMS_ACTION_RETRIES: "2" });
  });
  afterAll(() => story.close());

  it("is logged with its error, and the phase stays", async () => {
    const at = story.accessPoint();
    const { uuid } = await story.broughtTo("pending-stopper", at);
    await at.tms.removeFailed(await story.takesToStop(at.tms), "schedd is down");
    const taskforce = await story.taskforce(uuid);
    expect(taskforce.phase).toBe("pending-stopper");
    expect(lastEntry(taskforce)).toMatchObject({
      target_phase: "condor-rm",
      was_successful: false,
      source_entity: "TMS",
      context: "ERROR: schedd is down",
    });
  });

  it("is never given up, however often it fails", async () => {
    const at = story.accessPoint();
    const { uuid, report } = await story.broughtTo("pending-stopper", at);
    const errors = Array.from({ length: 6 }, (_, n) => `failure ${n + 1}`);
    for (const error of errors) {
      const stopping = await story.takesToStop(at.tms);
      expect(stopping).toMatchObject({ taskforce_uuid: uuid, cluster_id: report.cluster_id });
      await at.tms.removeFailed(stopping, error);
    }
    await at.tms.remove(await story.takesToStop(at.tms));

    const taskforce = await story.taskforce(uuid);
    expect(taskforce.phase).toBe("condor-rm");
    expect(failuresOf(taskforce, "condor-rm").map(({ context }) => context)).toEqual(
      errors.map((error) => `ERROR: ${error}`),
    );
    expect(await at.tms.takeStopper()).toBeUndefined();
  });

  it("lets others go ahead meanwhile", async () => {
    const patient = await startStory({ TMS_RETRY_WAIT: "3600" });
    try {
      const at = patient.accessPoint();
      const first = await patient.broughtTo("pending-stopper", at);
      await at.tms.removeFailed(await patient.takesToStop(at.tms));
      expect(await at.tms.takeStopper()).toBeUndefined();
      const second = await patient.broughtTo("pending-stopper", at);
      expect(second.uuid).not.toBe(first.uuid);
      expect((await patient.takesToStop(at.tms)).taskforce_uuid).toBe(second.uuid);
      expect(await at.tms.takeStopper()).toBeUndefined();
    } finally {
      await patient.close();
    }
  });

  it("does not keep a cluster that completes meanwhile in the queue", async () => {
    const at = story.accessPoint();
    const { uuid } = await story.broughtTo("pending-stopper", at);
    const stopping = await story.takesToStop(at.tms);
    await at.tms.complete(stopping);
    await at.tms.removeFailed(stopping, "no such cluster");
    const taskforce = await story.taskforce(uuid);
    expect(taskforce.phase).toBe("condor-complete");
    expect(lastEntry(taskforce)).toMatchObject({ target_phase: "condor-rm", was_successful: false });
    expect(await at.tms.takeStopper()).toBeUndefined();
  });
});

describe("clusters that are to be stopped", () => {
  it("are handed out in the order in which they began to wait", async () => {
    const story = await startStory();
    try {
      const at = story.accessPoint();
      const running = [await story.running(at), await story.running(at), await story.running(at)];
      const order = [running[2], running[0], running[1]].map((each) => each!);
      for (const { workflowId } of order) await story.deactivate(workflowId, "finished");
      const stopped = [
        await story.takesToStop(at.tms),
        await story.takesToStop(at.tms),
        await story.takesToStop(at.tms),
      ];
      expect(stopped.map(({ taskforce_uuid }) => taskforce_uuid)).toEqual(order.map(({ uuid }) => uuid));
    } finally {
      await story.close();
    }
  });
});
