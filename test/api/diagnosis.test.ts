import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnosis } from "../../src/domain/diagnosis.js";
import type { SummaryResponse } from "../../src/domain/summary.js";
import { pauseQueue } from "../setup/pauseQueue.js";
import { type ApiFixture, type ScheddLocation, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ TMS_RETRY_WAIT: "0", TMS_ACTION_RETRIES: "1" });
});
afterAll(() => fixture.close());

async function findingsAt(path: string): Promise<Diagnosis["findings"]> {
  const { status, body } = await fixture.client.get<Diagnosis>(`${path}/diagnosis`);
  expect(status).toBe(200);
  return body.findings;
}

const codesAt = async (path: string): Promise<string[]> => (await findingsAt(path)).map(({ code }) => code);

/** Expects the same first sentence in the diagnosis of a workflow, in that of its only taskforce, and in the summary. */
async function expectSameSentence(ids: { workflow_id: string; taskforce_uuid: string }, sentence: RegExp) {
  const [ofWorkflow] = await findingsAt(`/v1/workflows/${ids.workflow_id}`);
  const [ofTaskforce] = await findingsAt(`/v1/taskforces/${ids.taskforce_uuid}`);
  expect(ofWorkflow?.sentence).toMatch(sentence);
  expect(ofTaskforce?.code).toBe(ofWorkflow?.code);
  expect(ofTaskforce?.sentence).toMatch(sentence);
  const { body } = await fixture.client.get<SummaryResponse>(`/v1/workflows/${ids.workflow_id}/summary`);
  expect(body.waiting_for).toMatch(sentence);
}

const poll = ({ schedd }: ScheddLocation) => fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${schedd}`);

describe("the diagnoses of a workflow, of its taskforce and of the schedd agree about", () => {
  it("a schedd whose TMS has never asked for work", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createPendingTaskforce(place);
    await expectSameSentence(
      taskforce,
      new RegExp(
        `^1 taskforce is waiting for schedd ${place.schedd}, for \\d+ s; no TMS has asked for work there yet$`,
      ),
    );
    expect(await codesAt(`/v1/schedds/${place.schedd}`)).toEqual(["schedd-silent"]);
  });

  it("a paused starter queue", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createPendingTaskforce(place);
    await pauseQueue(fixture.service.redisUrl, `starter-${place.schedd}`);
    expect((await poll(place)).body).toEqual({});
    await expectSameSentence(taskforce, new RegExp(`^the starter queue of ${place.schedd} is paused; 1 taskforce is`));
    const [finding] = await findingsAt(`/v1/schedds/${place.schedd}`);
    expect(finding).toMatchObject({
      code: "queue-paused",
      severity: "error",
      sentence: `the starter queue of ${place.schedd} is paused; 1 taskforce is waiting in it`,
    });
    const { body } = await fixture.client.get<Diagnosis>("/v1/diagnosis");
    expect(body.findings).toContainEqual(finding);
  });

  it("a lease without a report", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createPendingTaskforce(place);
    await poll(place);
    await expectSameSentence(
      taskforce,
      new RegExp(
        `^1 taskforce was handed out to the TMS of ${place.schedd}, \\d+ s ago, and is not reported yet; ` +
          "it is offered again at \\d\\d:\\d\\d UTC$",
      ),
    );
    expect(await codesAt(`/v1/schedds/${place.schedd}`)).toEqual([]);
  });

  it("a dead letter", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createPendingTaskforce(place);
    for (const error of ["no space", "no route"]) {
      await poll(place);
      await fixture.client.post(`/v1/tms/condor-submit/taskforces/${taskforce.taskforce_uuid}/failed`, { error });
    }
    await expectSameSentence(
      taskforce,
      new RegExp(`^1 taskforce was given up at schedd ${place.schedd} after 2 failed submissions: no route`),
    );
    expect(await codesAt(`/v1/schedds/${place.schedd}`)).toEqual(["dead-letters"]);

    const { workflow_id, taskforce_uuid } = taskforce;
    const retry = await fixture.client.post(`/v1/workflows/${workflow_id}/actions/retry`);
    expect(retry).toMatchObject({ status: 200, body: { workflow_id, n_taskforces: 1 } });
    expect(await codesAt(`/v1/workflows/${workflow_id}`)).toEqual(["schedd-waiting"]);
    expect((await poll(place)).body).toMatchObject({ taskforce: { taskforce_uuid } });
  });

  it("taskforces that are handed out first", async () => {
    const place = fixture.nextLocation();
    const first = await fixture.createPendingTaskforce(place);
    const second = await fixture.createPendingTaskforce(place);
    await poll(place);
    await fixture.createPendingTaskforce(place);
    expect(await codesAt(`/v1/workflows/${first.workflow_id}`)).toEqual(["handed-out"]);
    expect(await codesAt(`/v1/workflows/${second.workflow_id}`)).toEqual(["schedd-waiting"]);
    const third = await fixture.createPendingTaskforce(place);
    await expectSameSentence(
      third,
      new RegExp(
        `^1 taskforce is waiting for schedd ${place.schedd}, for \\d+ s; 2 taskforces are ahead \\(priority \\d+ or higher\\); about \\d+ w`,
      ),
    );
  });

  it("an abort before the start", async () => {
    const taskforce = await fixture.createPendingTaskforce();
    await fixture.client.post(`/v1/workflows/${taskforce.workflow_id}/actions/abort`);
    await expectSameSentence(taskforce, /^the only taskforce never started, so there is nothing to stop$/);
  });

  it("an open workflow whose taskforces completed", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createTaskforceInPhase("condor-submit", place);
    await fixture.client.post(`/v1/tms/condor-complete/taskforces/${taskforce.taskforce_uuid}`, {
      condor_complete_ts: 1_700_000_000,
    });
    await expectSameSentence(taskforce, /^the only taskforce completed; finish the workflow$/);
  });
});

it("a retry of an unknown workflow is a 404", async () => {
  const error = "no workflow found with id: WF-1";
  expect(await fixture.client.post("/v1/workflows/WF-1/actions/retry")).toMatchObject({ status: 404, body: { error } });
});

it.each([
  ["/v1/workflows/WF-1", "no workflow found with id: WF-1"],
  ["/v1/taskforces/TF-1", "no taskforce found with uuid: TF-1"],
  ["/v1/schedds/nowhere", "no schedd found with name: nowhere"],
])("the diagnosis of %s is a 404", async (path, error) => {
  expect(await fixture.client.get(`${path}/diagnosis`)).toMatchObject({ status: 404, body: { error } });
});
