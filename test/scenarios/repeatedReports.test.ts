import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresOf, lastEntry, type Story, startStory } from "./serviceScenario.js";

let story: Story;
beforeAll(async () => {
  story = await startStory({ TMS_RETRY_WAIT: "0", TMS_ACTION_RETRIES: "2" });
});
afterAll(() => story.close());

const notPending = (uuid: string) => ({
  status: 404,
  message: expect.stringContaining(`no 'pending-starter' taskforce found with uuid: ${uuid}`),
});
const SUBMITTED = ["condor-submit", "pending-stopper", "condor-rm", "condor-complete"] as const;

describe("condor-submit", () => {
  it.each(SUBMITTED)("of the same cluster again changes nothing in %s", async (phase) => {
    const at = story.accessPoint();
    const { uuid, handOut, report } = await story.broughtTo(phase, at);
    const before = await story.taskforce(uuid);
    await at.tms.submit(handOut, report);
    expect(await story.taskforce(uuid)).toEqual(before);
    expect(before.phase).toBe(phase);
  });

  it.each(SUBMITTED)("of another cluster is a 404 and changes nothing in %s", async (phase) => {
    const at = story.accessPoint();
    const { uuid, handOut } = await story.broughtTo(phase, at);
    const before = await story.taskforce(uuid);
    await expect(at.tms.submit(handOut)).rejects.toMatchObject(notPending(uuid));
    expect(await story.taskforce(uuid)).toEqual(before);
  });

  it("of the same cluster again leaves nothing behind in the queues", async () => {
    const at = story.accessPoint();
    const { handOut, report } = await story.running(at);
    await at.tms.submit(handOut, report);
    expect(await at.tms.takeStarter()).toBeUndefined();
    expect(await at.tms.takeStopper()).toBeUndefined();
  });

  it("of a taskforce that nobody knows is a 404", async () => {
    const at = story.accessPoint();
    const { handOut } = await story.running(at);
    const uuid = "TF-1-00000000-00000000-00000000";
    const stranger = { ...handOut, taskforce: { ...handOut.taskforce, taskforce_uuid: uuid } };
    await expect(at.tms.submit(stranger)).rejects.toMatchObject(notPending(uuid));
  });
});

describe("a failed condor-submit", () => {
  it("that is reported twice is logged once and counts once", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    for (const error of ["first", "second"]) {
      const handOut = await story.takes(at.tms);
      for (let report = 0; report < 3; report++) await at.tms.submitFailed(handOut, error);
    }
    const taskforce = await story.taskforce(taskforce_uuid);
    expect(failuresOf(taskforce, "condor-submit").map(({ context }) => context)).toEqual([
      "ERROR: first",
      "ERROR: second",
    ]);
    expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it("without a lease is logged when it says something else, and counts nothing", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    const handOut = await story.takes(at.tms);
    for (const error of ["first", "second", "third", "fourth"]) await at.tms.submitFailed(handOut, error);
    expect(failuresOf(await story.taskforce(taskforce_uuid), "condor-submit")).toHaveLength(4);
    expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it.each(["condor-submit", "condor-rm", "condor-complete"] as const)(
    "is a 404 and changes nothing in %s",
    async (phase) => {
      const at = story.accessPoint();
      const { uuid, handOut } = await story.running(at);
      if (phase === "condor-rm") await at.tms.remove(handOut.taskforce);
      if (phase === "condor-complete") await at.tms.complete(handOut.taskforce);
      const before = await story.taskforce(uuid);
      await expect(at.tms.submitFailed(handOut)).rejects.toMatchObject(notPending(uuid));
      expect(await story.taskforce(uuid)).toEqual(before);
      expect(before.phase).toBe(phase);
    },
  );
});

describe("condor-rm", () => {
  it("again changes nothing", async () => {
    const at = story.accessPoint();
    const { uuid, handOut } = await story.broughtTo("condor-rm", at);
    const before = await story.taskforce(uuid);
    await at.tms.remove(handOut.taskforce);
    expect(await story.taskforce(uuid)).toEqual(before);
  });

  it("after condor-complete only adds a failed log entry, once", async () => {
    const at = story.accessPoint();
    const { uuid, handOut } = await story.broughtTo("condor-complete", at);
    const { phase_change_log: before } = await story.taskforce(uuid);
    await at.tms.remove(handOut.taskforce);
    await at.tms.remove(handOut.taskforce);
    const taskforce = await story.taskforce(uuid);
    expect(taskforce.phase).toBe("condor-complete");
    expect(taskforce.phase_change_log).toHaveLength(before.length + 1);
    expect(lastEntry(taskforce)).toMatchObject({
      target_phase: "condor-rm",
      was_successful: false,
      source_entity: "TMS",
    });
  });

  it("of a taskforce that waits to be started is a fact too: it is not handed out any more", async () => {
    const at = story.accessPoint();
    const taskforce = await story.pending(at);
    await story.launchesSettle();
    await at.tms.remove(taskforce);
    expect((await story.taskforce(taskforce.taskforce_uuid)).phase).toBe("condor-rm");
    expect(await at.tms.takeStarter()).toBeUndefined();
  });

  it("of a running cluster that nobody asked to stop is taken", async () => {
    const at = story.accessPoint();
    const { uuid, workflowId, handOut } = await story.running(at);
    await at.tms.remove(handOut.taskforce);
    expect((await story.taskforce(uuid)).phase).toBe("condor-rm");
    const { body } = await story.deactivate(workflowId, "abort");
    expect(body.n_taskforces).toBe(0);
    expect(await at.tms.takeStopper()).toBeUndefined();
  });

  it("of a taskforce that nobody knows is a 404", async () => {
    const { tms } = story.accessPoint();
    const uuid = "TF-1-00000000-00000000-00000000";
    const unknown = {
      status: 404,
      message: expect.stringContaining(`no taskforce found with uuid: ${uuid}`),
    };
    const stranger = { taskforce_uuid: uuid, cluster_id: 1, n_workers: 1 };
    await expect(tms.remove(stranger)).rejects.toMatchObject(unknown);
    await expect(tms.removeFailed(stranger)).rejects.toMatchObject(unknown);
    await expect(tms.complete(stranger)).rejects.toMatchObject(unknown);
  });
});

describe("a failed condor-rm", () => {
  it("that is reported twice is logged once, and handed out again", async () => {
    const at = story.accessPoint();
    const { uuid } = await story.broughtTo("pending-stopper", at);
    const stopping = await story.takesToStop(at.tms);
    await at.tms.removeFailed(stopping, "schedd is down");
    await at.tms.removeFailed(stopping, "schedd is down");
    expect(failuresOf(await story.taskforce(uuid), "condor-rm")).toHaveLength(1);
    expect((await story.takesToStop(at.tms)).taskforce_uuid).toBe(uuid);
  });

  it.each(["condor-submit", "condor-rm", "condor-complete"] as const)(
    "is logged in %s, and the phase stays",
    async (phase) => {
      const at = story.accessPoint();
      const { uuid, handOut } = await story.broughtTo(phase, at);
      await at.tms.removeFailed(handOut.taskforce, "too late");
      const taskforce = await story.taskforce(uuid);
      expect(taskforce.phase).toBe(phase);
      expect(lastEntry(taskforce)).toMatchObject({
        target_phase: "condor-rm",
        was_successful: false,
        context: "ERROR: too late",
      });
      expect(await at.tms.takeStopper()).toBeUndefined();
    },
  );
});

describe("condor-complete", () => {
  it("again changes nothing, with another time either", async () => {
    const at = story.accessPoint();
    const { uuid, handOut } = await story.broughtTo("condor-complete", at);
    const before = await story.taskforce(uuid);
    await at.tms.complete(handOut.taskforce, 1_900_000_000);
    expect(await story.taskforce(uuid)).toEqual(before);
  });

  it("of a taskforce that is being submitted leaves nothing queued", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    const handOut = await story.takes(at.tms);
    await at.tms.complete(handOut.taskforce, 1_800_000_000);
    const taskforce = await story.taskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("condor-complete");
    expect(lastEntry(taskforce).source_event_time).toBe(1_800_000_000);
    expect(await at.tms.takeStarter()).toBeUndefined();
    await expect(at.tms.submit(handOut)).rejects.toMatchObject(notPending(taskforce_uuid));
  });

  it("of a cluster that waits to be stopped leaves nothing queued", async () => {
    const at = story.accessPoint();
    const { uuid, handOut } = await story.broughtTo("pending-stopper", at);
    await at.tms.complete(handOut.taskforce);
    expect((await story.taskforce(uuid)).phase).toBe("condor-complete");
    expect(await at.tms.takeStopper()).toBeUndefined();
  });
});

describe("statuses", () => {
  it("may be sent again and replace what was there", async () => {
    const at = story.accessPoint();
    const { uuid } = await story.running(at);
    await at.tms.sendStatuses();
    const before = await story.taskforce(uuid);
    await at.tms.sendStatuses();
    expect(await story.taskforce(uuid)).toEqual(before);
  });

  it("of known and unknown taskforces are a 207, failures first, with any text as a key", async () => {
    const { uuid } = await story.running(story.accessPoint());
    const unknown = "TF-1-00000000-00000000-00000000";
    const compound = { "HELD: memory. usage > 2.0 GB": { null: 2 }, __proto__x: { "a.b$c": 1 } };
    const answer = await story.call("POST", "/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [uuid]: compound, [unknown]: compound },
      top_task_errors_by_taskforce: { [uuid]: { "IndexError: list index out of range": 3 } },
    });
    expect(answer).toMatchObject({
      status: 207,
      body: {
        results: [
          { uuid: unknown, status: "failed", error: "no taskforce found with uuid" },
          { uuid, status: "updated" },
        ],
      },
    });
    expect(await story.taskforce(uuid)).toMatchObject({
      compound_statuses: compound,
      top_task_errors: { "IndexError: list index out of range": 3 },
    });
  });
});
