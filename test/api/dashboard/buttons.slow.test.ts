import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SystemState } from "../../../src/domain/system.js";
import type { LeaseQueue } from "../../../src/queues/leaseQueue.js";
import { type ScriptedMqs, startScriptedMqs, statusResponse } from "../../mqs/scriptedMqs.js";
import { jobIds } from "../../queues/jobIds.js";
import { lastEntry, makeTaskRequestAt, type ServiceScenario } from "../../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../../setup/browser.js";
import { waitForValue } from "../../setup/waitFor.js";
import { BoardPage } from "./boardPage.js";
import {
  CREDENTIALS,
  createDeadTaskforce,
  createDelayedTaskforce,
  type DashboardFixture,
  OPERATOR,
  startDashboardFixture,
} from "./dashboardFixture.js";

let mqs: ScriptedMqs;
let fixture: DashboardFixture;
let scenario: ServiceScenario;
let browser: Browser;
let board: BoardPage;

beforeAll(async () => {
  mqs = await startScriptedMqs();
  [fixture, browser] = await Promise.all([startDashboardFixture({ MQS_ADDRESS: mqs.address }), sharedBrowser()]);
  scenario = fixture.scenario;
  board = new BoardPage(await browser.newPage({ locale: "en-US", httpCredentials: CREDENTIALS }), scenario.url);
});

afterAll(async () => {
  await Promise.all([closeContexts(), fixture?.close(), mqs?.close()]);
});

/** Waits until a removed job is added again. */
const waitUntilReadded = (queue: LeaseQueue, id: string, addedBefore: number | undefined) =>
  waitForValue(
    `${id} comes back`,
    () => queue.queue.getJob(id),
    (job) => job !== undefined && job.timestamp > (addedBefore ?? 0),
  );

/** The author of the pauses of an access point's queues, as `GET /v1/system` shows them. */
async function pausesOf({ schedd }: { schedd: string }) {
  const { queues } = (await (await fetch(`${scenario.url}/v1/system`)).json()) as SystemState;
  return queues.filter((queue) => queue.schedd === schedd).map(({ paused }) => paused);
}

const addedAt = async (queue: LeaseQueue, id: string) => (await queue.queue.getJob(id))?.timestamp;

describe("Retry", () => {
  it("resets the failures of a dead letter, and the log of its taskforce names the operator", async () => {
    const at = scenario.nextAccessPoint();
    const uuid = await createDeadTaskforce(fixture, at);
    expect(await at.createTms.leaseStarter()).toBeUndefined();

    await board.openJob(`starter-${at.schedd}`, uuid);
    await board.pressOnJob("retry");
    await board.confirm();

    const handOut = await scenario.leaseToStart(at.createTms);
    expect(handOut.taskforce.taskforce_uuid).toBe(uuid);
    expect(lastEntry(await scenario.readTaskforce(uuid))).toMatchObject({
      target_phase: "pending-starter",
      was_successful: true,
      source_entity: "Operator",
      context: `Retried by ${OPERATOR}.`,
    });
    // The failures are reset: one more is not the last.
    await at.createTms.submitFailed(handOut);
    const { live, dead } = await jobIds(fixture.queues.forSchedd(at.schedd).starter);
    expect([live.has(uuid), dead.has(uuid)]).toEqual([true, false]);
    expect(await fixture.waitForAudit("retry", `starter-${at.schedd}`)).toMatchObject({
      operator: OPERATOR,
      job: uuid,
      outcome: "done",
      address: expect.stringMatching(/127\.0\.0\.1$/),
      request: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("retries all dead letters of a queue", async () => {
    const at = scenario.nextAccessPoint();
    const dead = [await createDeadTaskforce(fixture, at), await createDeadTaskforce(fixture, at)];
    await board.openQueue(`starter-${at.schedd}`, "failed");
    await board.pressButton("Retry all");
    await board.confirm();

    expect(await pausesOf(at)).toEqual([false, false]);
    expect(await fixture.redis.hget("wms:pauses", `starter-${at.schedd}`)).toBeNull();
    const taken = [await scenario.leaseToStart(at.createTms), await scenario.leaseToStart(at.createTms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid).sort()).toEqual(dead.sort());
    for (const uuid of dead)
      expect(lastEntry(await scenario.readTaskforce(uuid)).context).toBe(`Retried by ${OPERATOR}.`);
    expect(await fixture.waitForAudit("retry all (failed)", `starter-${at.schedd}`)).toMatchObject({
      jobs: 2,
      outcome: "done",
    });
  });

  it("retries an activation that the MQS refused", async () => {
    const at = scenario.nextAccessPoint();
    mqs.script("activation", "*", statusResponse(400, { error: "queue quota is used up" }));
    const created = await scenario.submitWorkflow([makeTaskRequestAt([at.location], { input_queue_aliases: ["in"] })]);
    const { workflow_id } = created.workflow;
    const uuid = created.taskforces[0]?.taskforce_uuid ?? "";
    await waitForValue(
      "the activation is a dead letter",
      async () => (await fixture.queues.activation.queue.getJob(workflow_id))?.getState(),
      (state) => state === "failed",
    );

    await board.openJob("mq-activation", workflow_id);
    await board.page.getByText("queue quota is used up").first().waitFor();
    await board.page.getByRole("tab", { name: "Data" }).click();
    await expect.poll(() => board.jobData().textContent()).toContain(workflow_id);
    await board.pressOnJob("retry");
    await board.confirm();
    await scenario.waitForPhase(uuid, "pending-starter");
    expect(await fixture.waitForAudit("retry", "mq-activation")).toMatchObject({
      job: workflow_id,
      outcome: "done",
    });
  });
});

describe("Promote", () => {
  it("ends the backoff, and keeps the number of failures", async () => {
    const at = scenario.nextAccessPoint();
    const uuid = await createDelayedTaskforce(fixture, at);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    await board.openJob(`starter-${at.schedd}`, uuid);
    await board.pressOnJob("promote");
    await board.confirm();
    const handOut = await scenario.leaseToStart(at.createTms);
    expect(handOut.taskforce.taskforce_uuid).toBe(uuid);
    await at.createTms.submitFailed(handOut);
    expect((await jobIds(fixture.queues.forSchedd(at.schedd).starter)).dead).toEqual(new Set([uuid]));
    expect(await fixture.waitForAudit("promote", `starter-${at.schedd}`)).toMatchObject({ job: uuid });
  });

  it("ends all backoffs of a queue", async () => {
    const at = scenario.nextAccessPoint();
    const delayed = [await createDelayedTaskforce(fixture, at), await createDelayedTaskforce(fixture, at)];
    await board.openQueue(`starter-${at.schedd}`, "delayed");
    await board.pressButton("Promote all");
    await board.confirm();
    const taken = [await scenario.leaseToStart(at.createTms), await scenario.leaseToStart(at.createTms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid).sort()).toEqual(delayed.sort());
    await fixture.waitForAudit("promote all", `starter-${at.schedd}`);
  });
});

describe("reconcile restores removed jobs from the phases", () => {
  it("a removed dead letter is restored with its reason", async () => {
    const at = scenario.nextAccessPoint();
    const uuid = await createDeadTaskforce(fixture, at, "no such image");
    const { starter } = fixture.queues.forSchedd(at.schedd);
    const before = await addedAt(starter, uuid);
    await board.openJob(`starter-${at.schedd}`, uuid);
    await board.pressOnJob("remove");
    await board.confirm();
    await fixture.waitForAudit("remove", `starter-${at.schedd}`);
    const job = await waitUntilReadded(starter, uuid, before);
    await waitForValue(
      "it is a dead letter",
      () => jobIds(starter),
      ({ dead }) => dead.has(uuid),
    );
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    expect((await starter.queue.getJob(uuid))?.failedReason).toContain("no such image");
    expect(job?.data).toEqual({});
  });

  it("cleaned dead letters are restored", async () => {
    const at = scenario.nextAccessPoint();
    const uuid = await createDeadTaskforce(fixture, at);
    const { starter } = fixture.queues.forSchedd(at.schedd);
    const before = await addedAt(starter, uuid);
    // The board does not clean jobs that failed in the last seconds.
    await fixture.redis.zadd(starter.queue.toKey("failed"), Date.now() - 60_000, uuid);
    await board.openQueue(`starter-${at.schedd}`, "failed");
    await board.pressButton("Clean all");
    await board.confirm();
    await waitUntilReadded(starter, uuid, before);
    await fixture.waitForAudit("clean (failed)", `starter-${at.schedd}`);
    // Reconcile adds the job as delayed, where no TMS can lease it, and moves it to the dead letters in a second step.
    const { live } = await waitForValue(
      "it is a dead letter",
      () => jobIds(starter),
      ({ dead }) => dead.has(uuid),
    );
    expect(live.has(uuid)).toBe(false);
  });

  it("a removed activation that the MQS refused is tried again", async () => {
    const at = scenario.nextAccessPoint();
    mqs.script(
      "activation",
      "*",
      statusResponse(400, { error: "first no" }),
      statusResponse(400, { error: "second no" }),
    );
    const created = await scenario.submitWorkflow([makeTaskRequestAt([at.location], { input_queue_aliases: ["in"] })]);
    const { workflow_id } = created.workflow;
    const reason = async () => (await fixture.queues.activation.queue.getJob(workflow_id))?.failedReason ?? "";
    await waitForValue("it died", reason, (said) => said.includes("first no"));
    await board.openJob("mq-activation", workflow_id);
    await board.pressOnJob("remove");
    await board.confirm();
    await waitForValue("it died again", reason, (said) => said.includes("second no"));
  });

  it("a removed waiting job is restored", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    const { starter } = fixture.queues.forSchedd(at.schedd);
    await waitUntilReadded(starter, taskforce_uuid, 0);
    const before = await addedAt(starter, taskforce_uuid);
    await board.openJob(`starter-${at.schedd}`, taskforce_uuid);
    await board.pressOnJob("remove");
    await board.confirm();
    await waitUntilReadded(starter, taskforce_uuid, before);
    expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it("the jobs of an emptied queue are restored in their order", async () => {
    const at = scenario.nextAccessPoint();
    const low = (await scenario.createPending(at, { priority: 10 })).taskforce_uuid;
    const high = (await scenario.createPending(at, { priority: 90 })).taskforce_uuid;
    const { starter } = fixture.queues.forSchedd(at.schedd);
    await waitUntilReadded(starter, high, 0);
    const before = await addedAt(starter, high);
    await board.openQueue(`starter-${at.schedd}`);
    await board.chooseMenuItem("Empty");
    await board.confirm();
    await waitUntilReadded(starter, high, before);
    await waitUntilReadded(starter, low, before);
    const taken = [await scenario.leaseToStart(at.createTms), await scenario.leaseToStart(at.createTms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid)).toEqual([high, low]);
    await fixture.waitForAudit("empty", `starter-${at.schedd}`);
  });
});

describe("Pause and Obliterate", () => {
  it("a paused queue is shown as paused and hands nothing out, until it is resumed", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    await board.openQueue(`starter-${at.schedd}`);
    await board.chooseMenuItem("Pause");
    await board.confirm();
    await fixture.waitForAudit("pause", `starter-${at.schedd}`);
    expect(await pausesOf(at)).toEqual([{ by: OPERATOR, since: expect.closeTo(Date.now() / 1000, -2) }, false]);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    await board.openOverview();
    await board.page.getByRole("link", { name: `starter-${at.schedd} [ Paused ]`, exact: true }).waitFor();
    // Reconcile keeps the queue paused and its jobs.
    const { taskforce_uuid: marker } = await scenario.createPending(at);
    const { starter } = fixture.queues.forSchedd(at.schedd);
    await waitForValue(
      "both are queued",
      () => jobIds(starter),
      ({ live }) => live.has(marker) && live.has(taskforce_uuid),
    );
    expect(await at.createTms.leaseStarter()).toBeUndefined();

    await board.openQueue(`starter-${at.schedd}`);
    await board.chooseMenuItem("Resume");
    await board.confirm();
    await fixture.waitForAudit("resume", `starter-${at.schedd}`);
    const taken = [await scenario.leaseToStart(at.createTms), await scenario.leaseToStart(at.createTms)];
    expect(taken.map(({ taskforce }) => taskforce.taskforce_uuid)).toEqual([taskforce_uuid, marker]);
  });

  it("all queues are paused and resumed at once", async () => {
    const at = scenario.nextAccessPoint();
    const { activation } = fixture.queues;
    await board.openOverview();
    await board.chooseMenuItem("Pause all");
    await board.confirm();
    await fixture.waitForAudit("pause all queues", undefined);
    const byOperator = { by: OPERATOR, since: expect.any(Number) };
    expect(await pausesOf(at)).toEqual([byOperator, byOperator]);
    const paused = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
    expect(await activation.queue.isPaused()).toBe(true);
    expect(await fixture.queues.forSchedd(at.schedd).stopper.queue.isPaused()).toBe(true);
    await board.chooseMenuItem("Resume all");
    await board.confirm();
    await fixture.waitForAudit("resume all queues", undefined);
    expect(await fixture.redis.exists("wms:pauses")).toBe(0);
    expect((await scenario.leaseToStart(at.createTms)).taskforce.workflow_id).toBe(paused.workflow.workflow_id);
  });

  it("the waiting jobs and dead letters of an obliterated queue are restored", async () => {
    const at = scenario.nextAccessPoint();
    const dead = await createDeadTaskforce(fixture, at);
    const { taskforce_uuid: waiting } = await scenario.createPending(at);
    const { starter } = fixture.queues.forSchedd(at.schedd);
    await waitUntilReadded(starter, waiting, 0);
    await starter.queue.pause();
    const before = await addedAt(starter, waiting);

    await board.openQueue(`starter-${at.schedd}`);
    await board.chooseMenuItem("Obliterate");
    await board.confirm();
    await fixture.waitForAudit("obliterate", `starter-${at.schedd}`);
    await waitUntilReadded(starter, waiting, before);
    await waitForValue(
      "the dead letter is restored",
      () => jobIds(starter),
      (ids) => ids.dead.has(dead) && !ids.live.has(dead),
    );
    expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(waiting);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
  });

  it("a queue with a lease can't be obliterated, not even by force", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    await fixture.queues.forSchedd(at.schedd).starter.queue.pause();
    await board.openQueue(`starter-${at.schedd}`);
    await board.chooseMenuItem("Obliterate");
    await board.page.getByRole("checkbox").check();
    await board.confirm();
    await expect.poll(() => board.notification().textContent()).toContain("handed out a second time");
    expect(await fixture.waitForAudit("obliterate", `starter-${at.schedd}`)).toMatchObject({
      outcome: "refused",
    });
    await at.createTms.submit(handOut);
    expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("condor-submit");
  });
});

it("the browser sent no request to another host and violated no policy", () => {
  expect(board.browserErrors).toEqual([]);
});
