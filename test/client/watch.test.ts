import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createClient, Refusal, type WatchEvent } from "../../client/src/index.js";
import type { Created } from "../api/requestBodies.js";
import { ServiceProcess, workflowRequest } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { startTestService } from "../setup/testService.js";
import { type Story, startStory, task, theOnly } from "../scenarios/serviceScenario.js";

/** What an event says, in short. */
const inShort = ({ event, data }: WatchEvent): string =>
  event === "phase" ? `${data.phase}${data.was_successful ? "" : " failed"}` : event;

/** Gathers what a watch tells until it ends. */
function gather(watch: AsyncIterable<WatchEvent>): { events: WatchEvent[]; ended: Promise<void> } {
  const events: WatchEvent[] = [];
  const ended = (async () => {
    for await (const event of watch) events.push(event);
  })();
  return { events, ended };
}

let story: Story;
beforeAll(async () => {
  story = await startStory();
});
afterAll(() => story.close());

describe("a watch", () => {
  test("tells what happens to a workflow, in order, and ends with its signal", async () => {
    const at = story.accessPoint();
    const { workflow_id, taskforce_uuid } = await story.pending(at);
    const enough = new AbortController();
    let opened = 0;
    const onOpen = () => void opened++;
    const client = createClient({ url: story.url });
    const { events, ended } = gather(client.watch(workflow_id, { signal: enough.signal, onOpen }));
    await expect.poll(() => opened).toBe(1);
    await at.tms.submit(await story.takes(at.tms));
    await story.deactivate(workflow_id, "finished");
    const told = () => events.map(inShort).filter((event) => event !== "summary");
    await expect.poll(told).toEqual(["condor-submit", "deactivated", "pending-stopper"]);
    expect(events.find(({ event }) => event === "phase")?.data).toMatchObject({
      workflow_id,
      taskforce_uuid,
      from: "pending-starter",
      schedd: at.schedd,
    });
    await expect.poll(() => events.some(({ event }) => event === "summary")).toBe(true);
    enough.abort(new Error("enough"));
    await expect(ended).rejects.toThrow("enough");
  });

  test("goes on after an event of an earlier one", async () => {
    const at = story.accessPoint();
    const { workflow_id } = await story.pending(at);
    const client = createClient({ url: story.url });
    const first = client.watch(workflow_id);
    const begun = first.next();
    await at.tms.submitFailed(await story.takes(at.tms), "no space");
    const { value } = await begun;
    await first.return();
    await story.deactivate(workflow_id, "abort");
    const enough = new AbortController();
    onTestFinished(() => enough.abort());
    const options = { lastEventId: value?.id, signal: enough.signal };
    const { events, ended } = gather(client.watch(workflow_id, options));
    ended.catch(() => undefined);
    await expect.poll(() => events.map(inShort)).toContain("pending-stopper");
    expect(events.map(inShort)).not.toContain(inShort(value as WatchEvent));
  });

  test("of all workflows tells of new ones", async () => {
    const enough = new AbortController();
    let opened = 0;
    const options = { signal: enough.signal, onOpen: () => void opened++ };
    const { events, ended } = gather(createClient({ url: story.url }).watchAll(options));
    await expect.poll(() => opened).toBe(1);
    const { workflow_id } = (await story.submitWorkflow([task(["pool-39"])])).workflow;
    const created = () => events.filter(({ event }) => event === "created").map(({ data }) => data);
    await expect.poll(created).toContainEqual({ workflow_id, timestamp: expect.any(Number) });
    enough.abort();
    await expect(ended).rejects.toThrow();
  });

  test("of a workflow that is unknown is refused", async () => {
    const watch = createClient({ url: story.url }).watch("WF-0-00000000");
    await expect(watch.next()).rejects.toEqual(new Refusal(404, "no workflow found with id: WF-0-00000000"));
  });

  test("that is ended while its stream is being opened lets go of the connection", async () => {
    const enough = new AbortController();
    let letGo: Promise<unknown> | undefined;
    const server = createServer((_request, response) => {
      letGo = once(response, "close");
      enough.abort(new Error("enough"));
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const watch = createClient({ url }).watch("WF-0-00000000", { signal: enough.signal });
    await expect(watch.next()).rejects.toThrow("enough");
    await letGo;
  });

  test("gives up where nobody ever answered", async () => {
    const { url, close } = await startTestService();
    await close();
    const watch = createClient({ url, patience: { seconds: 0 } }).watch("WF-0-00000000");
    await expect(watch.next()).rejects.toMatchObject({ name: "Unreachable", url });
  });
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a watch goes over a restart of the web process after %s: nothing is lost, nothing told twice",
  async (signal) => {
    const environment = { REDIS_URL: await freshDatabase() };
    const worker = new ServiceProcess("worker", environment);
    const web = new ServiceProcess("web", environment);
    const url = await web.url();
    const other = new ServiceProcess("web", environment);
    const elsewhere = await other.url();
    await worker.says(/Redis/);
    const post = async <T>(path: string, body: string): Promise<T> =>
      (await (await fetch(elsewhere + path, { method: "POST", body })).json()) as T;
    const { workflow, taskforces } = await post<Created>("/v1/workflows", workflowRequest());
    const { taskforce_uuid } = theOnly(taskforces);
    const fail = (n: number) =>
      post(`/v1/tms/condor-rm/taskforces/${taskforce_uuid}/failed`, `{"error": "no ${n}"}`);

    const enough = new AbortController();
    const breaks: string[] = [];
    let opened = 0;
    const { events, ended } = gather(
      createClient({ url }).watch(workflow.workflow_id, {
        signal: enough.signal,
        onOpen: () => void opened++,
        onBreak: (reason) => void breaks.push(reason),
      }),
    );
    await expect.poll(() => opened).toBe(1);
    const failures = () => events.filter((event) => inShort(event) === "condor-rm failed");
    await fail(1);
    await expect.poll(() => failures().length).toBe(1);
    web.signal(signal);
    await web.ended();
    await fail(2);
    await expect.poll(() => breaks.length).toBeGreaterThan(1);
    const again = new ServiceProcess("web", { ...environment, REST_PORT: new URL(url).port });
    await again.url();
    await fail(3);
    await expect.poll(() => failures().length).toBe(3);
    await fail(4);
    await expect.poll(() => failures().length).toBe(4);
    expect(new Set(failures().map(({ id }) => id)).size).toBe(4);
    enough.abort(new Error("enough"));
    await expect(ended).rejects.toThrow("enough");
  },
  90_000,
);
