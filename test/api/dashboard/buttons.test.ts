import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../../../scripts/browser/chromium.js";
import type { LeaseQueue } from "../../../src/queues/leaseQueue.js";
import { type ScriptedMqs, startScriptedMqs, status } from "../../mqs/scriptedMqs.js";
import { jobIds } from "../../queues/jobIds.js";
import { eventually, lastEntry, type Story, task } from "../../scenarios/serviceScenario.js";
import { BoardPage } from "./boardPage.js";
import { CREDENTIALS, type Desk, deadTaskforce, delayedTaskforce, OPERATOR, openDesk } from "./dashboardFixture.js";

let mqs: ScriptedMqs;
let desk: Desk;
let story: Story;
let browser: Browser;
let board: BoardPage;

beforeAll(async () => {
  mqs = await startScriptedMqs();
  [desk, browser] = await Promise.all([openDesk({ MQS_ADDRESS: mqs.address }), openBrowser()]);
  story = desk.story;
  board = new BoardPage(await browser.newPage({ locale: "en-US", httpCredentials: CREDENTIALS }), story.url);
});

afterAll(async () => {
  await Promise.all([browser?.close(), desk?.close(), mqs?.close()]);
});

/** Waits until a job that was removed is there again: added later than before. */
const comesBack = (queue: LeaseQueue, id: string, addedBefore: number | undefined) =>
  eventually(
    `${id} comes back`,
    () => queue.queue.getJob(id),
    (job) => job !== undefined && job.timestamp > (addedBefore ?? 0),
  );

const addedAt = async (queue: LeaseQueue, id: string) => (await queue.queue.getJob(id))?.timestamp;

describe("Retry", () => {
  it("hands a dead taskforce out again as if it had never failed, and its log names the operator", async () => {
    const at = story.accessPoint();
    const uuid = await deadTaskforce(desk, at);
    expect(await at.tms.takeStarter()).toBeUndefined();

    await board.openJob(`starter-${at.schedd}`, uuid);
    await board.pressOnJob("retry");
    await board.confirm();

    const handOut = await story.takes(at.tms);
    expect(handOut.taskforce.taskforce_uuid).toBe(uuid);
    expect(lastEntry(await story.taskforce(uuid))).toMatchObject({
      target_phase: "pending-starter",
      was_successful: true,
      source_entity: "Operator",
      context: `Retried by ${OPERATOR}.`,
    });
    // Its failures are forgotten: one more is not the last.
    await at.tms.submitFailed(handOut);
    const { live, dead } = await jobIds(desk.queues.of(at.schedd).starter);
    expect([live.has(uuid), dead.has(uuid)]).toEqual([true, false]);
    expect(await desk.audited("retry", `starter-${at.schedd}`)).toMatchObject({
      operator: OPERATOR,
      job: uuid,
      outcome: "done",
      address: expect.stringMatching(/127\.0\.0\.1$/),
      request: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("retries all dead taskforces of a queue", async () => {
    const at = story.accessPoint();
    const dead = [await deadTaskforce(desk, at), await deadTaskforce(desk, at)];
    await board.openQueue(`starter-${at.schedd}`, "failed");
    await board.press("Retry all");
    await board.confirm();

    const taken = [await story.takes(at.tms), await story.takes(at.tms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid).sort()).toEqual(dead.sort());
    for (const uuid of dead)
      expect(lastEntry(await story.taskforce(uuid)).context).toBe(`Retried by ${OPERATOR}.`);
    expect(await desk.audited("retry all (failed)", `starter-${at.schedd}`)).toMatchObject({
      jobs: 2,
      outcome: "done",
    });
  });

  it("runs an activation again that the MQS had refused", async () => {
    const at = story.accessPoint();
    mqs.script("activation", "*", status(400, { error: "queue quota is used up" }));
    const created = await story.submitWorkflow([task([at.location], { input_queue_aliases: ["in"] })]);
    const { workflow_id } = created.workflow;
    const uuid = created.taskforces[0]?.taskforce_uuid ?? "";
    await eventually(
      "the activation is dead",
      async () => (await desk.queues.activation.queue.getJob(workflow_id))?.getState(),
      (state) => state === "failed",
    );

    await board.openJob("mq-activation", workflow_id);
    await board.page.getByText("queue quota is used up").first().waitFor();
    await board.page.getByRole("tab", { name: "Data" }).click();
    await expect.poll(() => board.data().textContent()).toContain(workflow_id);
    await board.pressOnJob("retry");
    await board.confirm();
    await story.reaches(uuid, "pending-starter");
    expect(await desk.audited("retry", "mq-activation")).toMatchObject({ job: workflow_id, outcome: "done" });
  });
});

describe("Promote", () => {
  it("ends the wait after a failure, and leaves the failure counted", async () => {
    const at = story.accessPoint();
    const uuid = await delayedTaskforce(desk, at);
    expect(await at.tms.takeStarter()).toBeUndefined();
    await board.openJob(`starter-${at.schedd}`, uuid);
    await board.pressOnJob("promote");
    await board.confirm();
    const handOut = await story.takes(at.tms);
    expect(handOut.taskforce.taskforce_uuid).toBe(uuid);
    await at.tms.submitFailed(handOut);
    expect((await jobIds(desk.queues.of(at.schedd).starter)).dead).toEqual(new Set([uuid]));
    expect(await desk.audited("promote", `starter-${at.schedd}`)).toMatchObject({ job: uuid });
  });

  it("ends all waits of a queue", async () => {
    const at = story.accessPoint();
    const delayed = [await delayedTaskforce(desk, at), await delayedTaskforce(desk, at)];
    await board.openQueue(`starter-${at.schedd}`, "delayed");
    await board.press("Promote all");
    await board.confirm();
    const taken = [await story.takes(at.tms), await story.takes(at.tms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid).sort()).toEqual(delayed.sort());
    await desk.audited("promote all", `starter-${at.schedd}`);
  });
});

describe("what is taken away comes back, for the phase is the truth", () => {
  it("a dead letter comes back as one that says why it died", async () => {
    const at = story.accessPoint();
    const uuid = await deadTaskforce(desk, at, "no such image");
    const { starter } = desk.queues.of(at.schedd);
    const before = await addedAt(starter, uuid);
    await board.openJob(`starter-${at.schedd}`, uuid);
    await board.pressOnJob("remove");
    await board.confirm();
    await desk.audited("remove", `starter-${at.schedd}`);
    const job = await comesBack(starter, uuid, before);
    await eventually(
      "it is a dead letter",
      () => jobIds(starter),
      ({ dead }) => dead.has(uuid),
    );
    expect(await at.tms.takeStarter()).toBeUndefined();
    expect((await starter.queue.getJob(uuid))?.failedReason).toContain("no such image");
    expect(job?.data).toEqual({});
  });

  it("dead letters come back after all were cleaned", async () => {
    const at = story.accessPoint();
    const uuid = await deadTaskforce(desk, at);
    const { starter } = desk.queues.of(at.schedd);
    const before = await addedAt(starter, uuid);
    // The board spares what failed in the last seconds.
    await desk.redis.zadd(starter.queue.toKey("failed"), Date.now() - 60_000, uuid);
    await board.openQueue(`starter-${at.schedd}`, "failed");
    await board.press("Clean all");
    await board.confirm();
    await comesBack(starter, uuid, before);
    await desk.audited("clean (failed)", `starter-${at.schedd}`);
    expect((await jobIds(starter)).live.has(uuid)).toBe(false);
  });

  it("an activation that the MQS refused asks it once more", async () => {
    const at = story.accessPoint();
    mqs.script("activation", "*", status(400, { error: "first no" }), status(400, { error: "second no" }));
    const created = await story.submitWorkflow([task([at.location], { input_queue_aliases: ["in"] })]);
    const { workflow_id } = created.workflow;
    const reason = async () => (await desk.queues.activation.queue.getJob(workflow_id))?.failedReason ?? "";
    await eventually("it died", reason, (said) => said.includes("first no"));
    await board.openJob("mq-activation", workflow_id);
    await board.pressOnJob("remove");
    await board.confirm();
    await eventually("it died again", reason, (said) => said.includes("second no"));
  });

  it("one that waits comes back when it is removed", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    const { starter } = desk.queues.of(at.schedd);
    await comesBack(starter, taskforce_uuid, 0);
    const before = await addedAt(starter, taskforce_uuid);
    await board.openJob(`starter-${at.schedd}`, taskforce_uuid);
    await board.pressOnJob("remove");
    await board.confirm();
    await comesBack(starter, taskforce_uuid, before);
    expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it("all that wait come back, in their order, when the queue is emptied", async () => {
    const at = story.accessPoint();
    const low = (await story.pending(at, { priority: 10 })).taskforce_uuid;
    const high = (await story.pending(at, { priority: 90 })).taskforce_uuid;
    const { starter } = desk.queues.of(at.schedd);
    await comesBack(starter, high, 0);
    const before = await addedAt(starter, high);
    await board.openQueue(`starter-${at.schedd}`);
    await board.choose("Empty");
    await board.confirm();
    await comesBack(starter, high, before);
    await comesBack(starter, low, before);
    const taken = [await story.takes(at.tms), await story.takes(at.tms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid)).toEqual([high, low]);
    await desk.audited("empty", `starter-${at.schedd}`);
  });
});

describe("Pause and Obliterate", () => {
  it("a paused queue is shown as paused and hands nothing out, until it is resumed", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    await board.openQueue(`starter-${at.schedd}`);
    await board.choose("Pause");
    await board.confirm();
    await desk.audited("pause", `starter-${at.schedd}`);
    expect(await at.tms.takeStarter()).toBeUndefined();
    await board.openOverview();
    await board.page.getByRole("link", { name: `starter-${at.schedd} [ Paused ]`, exact: true }).waitFor();
    // Reconcile leaves it paused, with all that it has.
    const { taskforce_uuid: marker } = await story.pending(at);
    const { starter } = desk.queues.of(at.schedd);
    await eventually(
      "both are queued",
      () => jobIds(starter),
      ({ live }) => live.has(marker) && live.has(taskforce_uuid),
    );
    expect(await at.tms.takeStarter()).toBeUndefined();

    await board.openQueue(`starter-${at.schedd}`);
    await board.choose("Resume");
    await board.confirm();
    await desk.audited("resume", `starter-${at.schedd}`);
    const taken = [await story.takes(at.tms), await story.takes(at.tms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid)).toEqual([taskforce_uuid, marker]);
  });

  it("all queues are paused and resumed at once", async () => {
    const at = story.accessPoint();
    const { activation } = desk.queues;
    await board.openOverview();
    await board.choose("Pause all");
    await board.confirm();
    await desk.audited("pause all queues", undefined);
    const paused = await story.submitWorkflow([task([at.location])]);
    expect(await activation.queue.isPaused()).toBe(true);
    expect(await desk.queues.of(at.schedd).stopper.queue.isPaused()).toBe(true);
    await board.choose("Resume all");
    await board.confirm();
    await desk.audited("resume all queues", undefined);
    expect((await story.takes(at.tms)).taskforce.workflow_id).toBe(paused.workflow.workflow_id);
  });

  it("an obliterated queue comes back with what waits and what is dead", async () => {
    const at = story.accessPoint();
    const dead = await deadTaskforce(desk, at);
    const { taskforce_uuid: waiting } = await story.pending(at);
    const { starter } = desk.queues.of(at.schedd);
    await comesBack(starter, waiting, 0);
    await starter.queue.pause();
    const before = await addedAt(starter, waiting);

    await board.openQueue(`starter-${at.schedd}`);
    await board.choose("Obliterate");
    await board.confirm();
    await desk.audited("obliterate", `starter-${at.schedd}`);
    await comesBack(starter, waiting, before);
    await eventually(
      "the dead letter is back",
      () => jobIds(starter),
      (ids) => ids.dead.has(dead) && !ids.live.has(dead),
    );
    expect((await story.takes(at.tms)).taskforce.taskforce_uuid).toBe(waiting);
    expect(await at.tms.takeStarter()).toBeUndefined();
  });

  it("a queue with a lease can't be obliterated, not even by force", async () => {
    const at = story.accessPoint();
    const { taskforce_uuid } = await story.pending(at);
    const handOut = await story.takes(at.tms);
    await desk.queues.of(at.schedd).starter.queue.pause();
    await board.openQueue(`starter-${at.schedd}`);
    await board.choose("Obliterate");
    await board.page.getByRole("checkbox").check();
    await board.confirm();
    await expect.poll(() => board.note().textContent()).toContain("handed out a second time");
    expect(await desk.audited("obliterate", `starter-${at.schedd}`)).toMatchObject({ outcome: "refused" });
    await at.tms.submit(handOut);
    expect((await story.taskforce(taskforce_uuid)).phase).toBe("condor-submit");
  });
});

it("nothing of all this made the browser ask another host, or break the page's rules", () => {
  expect(board.complaints).toEqual([]);
});
