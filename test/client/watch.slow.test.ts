import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ApiError, createClient, type WatchEvent } from "../../client/src/index.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { ServiceProcess, workflowRequestJson } from "../processes/serviceProcess.js";
import { makeTaskRequestAt, type ServiceScenario, single, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { startTestService } from "../setup/testService.js";

/** A short form of an event. */
const shortForm = ({ event, data }: WatchEvent): string =>
  event === "phase" ? `${data.phase}${data.was_successful ? "" : " failed"}` : event;

/** Collects the events of a watch. */
function collectEvents(watch: AsyncIterable<WatchEvent>): { events: WatchEvent[]; ended: Promise<void> } {
  const events: WatchEvent[] = [];
  const ended = (async () => {
    for await (const event of watch) events.push(event);
  })();
  return { events, ended };
}

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario();
});
afterAll(() => scenario.close());

describe("a watch", () => {
  test("yields the events of a workflow in order, and ends with its signal", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const controller = new AbortController();
    let opened = 0;
    const onOpen = () => void opened++;
    const client = createClient({ url: scenario.url });
    const { events, ended } = collectEvents(client.watch(workflow_id, { signal: controller.signal, onOpen }));
    await expect.poll(() => opened).toBe(1);
    await at.createTms.submit(await scenario.leaseToStart(at.createTms));
    await scenario.deactivate(workflow_id, "finished");
    const received = () => events.map(shortForm).filter((event) => event !== "summary");
    await expect.poll(received).toEqual(["condor-submit", "deactivated", "pending-stopper"]);
    expect(events.find(({ event }) => event === "phase")?.data).toMatchObject({
      workflow_id,
      taskforce_uuid,
      from: "pending-starter",
      schedd: at.schedd,
    });
    await expect.poll(() => events.some(({ event }) => event === "summary")).toBe(true);
    controller.abort(new Error("controller"));
    await expect(ended).rejects.toThrow("controller");
  });

  test("resumes after an event of an earlier watch", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id } = await scenario.createPending(at);
    const client = createClient({ url: scenario.url });
    const first = client.watch(workflow_id);
    const begun = first.next();
    await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no space");
    const { value } = await begun;
    await first.return();
    await scenario.deactivate(workflow_id, "abort");
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const options = { lastEventId: value?.id, signal: controller.signal };
    const { events, ended } = collectEvents(client.watch(workflow_id, options));
    ended.catch(() => undefined);
    await expect.poll(() => events.map(shortForm)).toContain("pending-stopper");
    expect(events.map(({ id }) => id)).not.toContain(value?.id);
  });

  test("of all workflows yields created events", async () => {
    const controller = new AbortController();
    let opened = 0;
    const options = { signal: controller.signal, onOpen: () => void opened++ };
    const { events, ended } = collectEvents(createClient({ url: scenario.url }).watchAll(options));
    await expect.poll(() => opened).toBe(1);
    const { workflow_id } = (await scenario.submitWorkflow([makeTaskRequestAt(["pool-39"])])).workflow;
    const created = () => events.filter(({ event }) => event === "created").map(({ data }) => data);
    await expect.poll(created).toContainEqual({ workflow_id, timestamp: expect.any(Number) });
    controller.abort();
    await expect(ended).rejects.toThrow();
  });

  test("of an unknown workflow throws a 404", async () => {
    const watch = createClient({ url: scenario.url }).watch("WF-0-00000000");
    await expect(watch.next()).rejects.toEqual(new ApiError(404, "no workflow found with id: WF-0-00000000"));
  });

  test("closes the connection when it is aborted while the stream opens", async () => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const server = createServer((_request, response) => {
      closed = once(response, "close");
      controller.abort(new Error("controller"));
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const watch = createClient({ url }).watch("WF-0-00000000", { signal: controller.signal });
    await expect(watch.next()).rejects.toThrow("controller");
    await closed;
  });

  test("throws if the service never responds", async () => {
    const { url, close } = await startTestService();
    await close();
    const watch = createClient({ url, retry: { maxSeconds: 0 } }).watch("WF-0-00000000");
    await expect(watch.next()).rejects.toMatchObject({ name: "Unreachable", url });
  });
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a watch continues after a restart of the web process by %s, without lost or repeated events",
  async (signal) => {
    const environment = { REDIS_URL: await freshDatabase() };
    const worker = new ServiceProcess("worker", environment);
    const web = new ServiceProcess("web", environment);
    const url = await web.waitForUrl();
    const other = new ServiceProcess("web", environment);
    const otherUrl = await other.waitForUrl();
    await worker.waitForOutput(/Redis/);
    const post = async <T>(path: string, body: string): Promise<T> =>
      (await (await fetch(otherUrl + path, { method: "POST", body })).json()) as T;
    const { workflow, taskforces } = await post<CreatedWorkflow>("/v1/workflows", workflowRequestJson());
    const { taskforce_uuid } = single(taskforces);
    const fail = (n: number) => post(`/v1/tms/condor-rm/taskforces/${taskforce_uuid}/failed`, `{"error": "no ${n}"}`);

    const controller = new AbortController();
    const breaks: string[] = [];
    let opened = 0;
    const { events, ended } = collectEvents(
      createClient({ url }).watch(workflow.workflow_id, {
        signal: controller.signal,
        onOpen: () => void opened++,
        onBreak: (reason) => void breaks.push(reason),
      }),
    );
    await expect.poll(() => opened).toBe(1);
    const failures = () => events.filter((event) => shortForm(event) === "condor-rm failed");
    await fail(1);
    await expect.poll(() => failures().length).toBe(1);
    web.signal(signal);
    await web.waitForExit();
    await fail(2);
    await expect.poll(() => breaks.length).toBeGreaterThan(1);
    const again = new ServiceProcess("web", { ...environment, REST_PORT: new URL(url).port });
    await again.waitForUrl();
    await fail(3);
    await expect.poll(() => failures().length).toBe(3);
    await fail(4);
    await expect.poll(() => failures().length).toBe(4);
    expect(new Set(failures().map(({ id }) => id)).size).toBe(4);
    controller.abort(new Error("controller"));
    await expect(ended).rejects.toThrow("controller");
  },
  90_000,
);
