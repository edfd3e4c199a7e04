import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresOf, lastEntry, logOf, type Story, startStory, task } from "./serviceScenario.js";

let story: Story;
beforeAll(async () => {
  story = await startStory();
});
afterAll(() => story.close());

describe.each([
  ["abort", "ABORTED"],
  ["finished", "FINISHED"],
] as const)("a workflow that gets %s", (action, deactivated) => {
  describe("before anything was submitted", () => {
    it("has nothing to start any more and nothing to stop", async () => {
      const at = story.accessPoint();
      const { workflow_id, taskforce_uuid } = await story.pending(at);

      const answer = await story.deactivate(workflow_id, action);

      expect(answer).toMatchObject({ status: 200, body: { workflow_id, n_taskforces: 1 } });
      expect(await story.taskforce(taskforce_uuid)).toMatchObject({
        phase: "pending-stopper",
        cluster_id: null,
      });
      expect(await at.tms.takeStarter()).toBeUndefined();
      expect(await at.tms.takeStopper()).toBeUndefined();
    });

    it("is shown as deactivated from then on", async () => {
      const { workflow_id, timestamp } = await story.pending(story.accessPoint());
      await story.deactivate(workflow_id, action);
      const workflow = await story.workflow(workflow_id);
      expect(workflow.deactivated).toBe(deactivated);
      expect(workflow.deactivated_ts).toBeGreaterThan(timestamp);
    });
  });

  describe("while its clusters run", () => {
    it("moves every taskforce to pending-stopper, by User, before it answers", async () => {
      const at = story.accessPoint();
      const { workflowId, uuid } = await story.running(at);
      const { body } = await story.deactivate(workflowId, action);
      expect(body.n_taskforces).toBe(1);
      const taskforce = await story.taskforce(uuid);
      expect(taskforce.phase).toBe("pending-stopper");
      expect(lastEntry(taskforce)).toMatchObject({
        target_phase: "pending-stopper",
        was_successful: true,
        source_entity: "User",
        source_event_time: null,
      });
    });

    it("has only those stopped that were submitted", async () => {
      const at = story.accessPoint();
      const { workflow, taskforces } = await story.submitWorkflow([
        task([at.location], { task_args: "first" }),
        task([at.location], { task_args: "second" }),
      ]);
      for (const { taskforce_uuid } of taskforces) await story.reaches(taskforce_uuid, "pending-starter");
      const handOut = await story.takes(at.tms);
      const { cluster_id } = await at.tms.submit(handOut);

      const { body } = await story.deactivate(workflow.workflow_id, action);

      expect(body.n_taskforces).toBe(2);
      const stopping = await story.takesToStop(at.tms);
      expect(stopping).toMatchObject({ taskforce_uuid: handOut.taskforce.taskforce_uuid, cluster_id });
      await at.tms.remove(stopping);
      expect(await at.tms.takeStopper()).toBeUndefined();
      expect(await at.tms.takeStarter()).toBeUndefined();
    });

    it("ends as usual: condor-rm, condor-complete", async () => {
      const at = story.accessPoint();
      const { uuid } = await story.broughtTo("condor-rm", at);
      expect((await story.taskforce(uuid)).phase).toBe("condor-rm");
      await at.tms.complete({ taskforce_uuid: uuid }, 1_800_000_000);
      const taskforce = await story.taskforce(uuid);
      expect(taskforce.phase).toBe("condor-complete");
      expect(lastEntry(taskforce)).toMatchObject({
        target_phase: "condor-complete",
        was_successful: true,
        source_entity: "TMS",
        source_event_time: 1_800_000_000,
      });
    });
  });

  describe("after its clusters have completed", () => {
    it("counts no taskforce, and only logs on each that it came too late", async () => {
      const at = story.accessPoint();
      const { workflowId, uuid } = await story.running(at);
      await at.tms.complete({ taskforce_uuid: uuid });

      const { status, body } = await story.deactivate(workflowId, action);

      expect({ status, n: body.n_taskforces }).toEqual({ status: 200, n: 0 });
      const taskforce = await story.taskforce(uuid);
      expect(taskforce.phase).toBe("condor-complete");
      expect(failuresOf(taskforce, "pending-stopper")).toEqual([
        expect.objectContaining({ source_entity: "User" }),
      ]);
      expect(await at.tms.takeStopper()).toBeUndefined();
    });
  });

  it.each(["abort", "finished"] as const)("can't be deactivated again by %s: 404", async (again) => {
    const { workflow_id, taskforce_uuid } = await story.pending(story.accessPoint());
    await story.deactivate(workflow_id, action);
    const before = await story.taskforce(taskforce_uuid);

    const answer = await story.deactivate(workflow_id, again);

    const reason = `no non-deactivated workflow found with workflow_id='${workflow_id}'`;
    expect(answer).toEqual({ status: 404, reason, body: { code: 404, error: reason } });
    expect((await story.workflow(workflow_id)).deactivated).toBe(deactivated);
    expect(await story.taskforce(taskforce_uuid)).toEqual(before);
  });
});

describe("an abort while the TMS is submitting", () => {
  it("takes the late report and hands the cluster out to be stopped", async () => {
    const at = story.accessPoint();
    const { workflow_id, taskforce_uuid } = await story.pending(at);
    const handOut = await story.takes(at.tms);
    await story.deactivate(workflow_id, "abort");
    expect(await at.tms.takeStopper()).toBeUndefined();

    const report = await at.tms.submit(handOut);

    const taskforce = await story.taskforce(taskforce_uuid);
    expect(taskforce).toMatchObject({ ...report, phase: "pending-stopper" });
    expect(lastEntry(taskforce)).toMatchObject({ was_successful: false, source_entity: "TMS" });
    const stopping = await story.takesToStop(at.tms);
    expect(stopping).toMatchObject({ taskforce_uuid, cluster_id: report.cluster_id });
    await at.tms.remove(stopping);
    await at.tms.complete(stopping);
    expect((await story.taskforce(taskforce_uuid)).phase).toBe("condor-complete");
  });

  it("logs a late failure, leaves the phase, and offers nothing any more", async () => {
    const at = story.accessPoint();
    const { workflow_id, taskforce_uuid } = await story.pending(at);
    const handOut = await story.takes(at.tms);
    await story.deactivate(workflow_id, "abort");

    await at.tms.submitFailed(handOut, "no room in the queue");

    const taskforce = await story.taskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pending-stopper");
    expect(lastEntry(taskforce)).toMatchObject({
      target_phase: "condor-submit",
      was_successful: false,
      context: "ERROR: no room in the queue",
    });
    expect(await at.tms.takeStarter()).toBeUndefined();
    expect(await at.tms.takeStopper()).toBeUndefined();
  });

  it("stops the cluster once, however often the late report is repeated", async () => {
    const at = story.accessPoint();
    const { workflow_id, taskforce_uuid } = await story.pending(at);
    const handOut = await story.takes(at.tms);
    await story.deactivate(workflow_id, "abort");
    const report = await at.tms.submit(handOut);
    const before = await story.taskforce(taskforce_uuid);

    await at.tms.submit(handOut, report);

    expect(await story.taskforce(taskforce_uuid)).toEqual(before);
    await at.tms.remove(await story.takesToStop(at.tms));
    expect(await at.tms.takeStopper()).toBeUndefined();
    expect(
      logOf(await story.taskforce(taskforce_uuid)).filter((line) => line === "condor-rm by TMS"),
    ).toHaveLength(1);
  });
});
