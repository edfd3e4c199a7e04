import { expect, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { waitUntil } from "../setup/waitFor.js";
import { EventClient, type ReceivedEvent } from "../views/events/eventClient.js";
import { createSmallWorkflow, ServiceProcess } from "./serviceProcess.js";

/** Without summaries: these are coalesced, so their number depends on timing. */
const changesOf = ({ events }: EventClient): ReceivedEvent[] => events.filter(({ event }) => event !== "summary");
const idsOf = (events: ReceivedEvent[]): string[] => events.map(({ id }) => id);
const ofWorkflow = (events: ReceivedEvent[], workflow: string): object[] =>
  events.flatMap(({ event, data }) => (data.workflow_id === workflow ? [{ event, data }] : []));

test("a subscriber of a killed web process resumes at another one: no event is lost or delivered twice", async () => {
  const REDIS_URL = await freshDatabase();
  const [first, second] = [new ServiceProcess("web", { REDIS_URL }), new ServiceProcess("web", { REDIS_URL })];
  const worker = new ServiceProcess("worker", { REDIS_URL });
  const [killed, left] = await Promise.all([first.waitForUrl(), second.waitForUrl()]);
  await worker.waitForOutput(/WMS worker runs/);
  const witness = await EventClient.open(`${left}/v1/events`);
  const before = await EventClient.open(`${killed}/v1/events`);

  const workflows: string[] = [];
  const live = async () => {
    const { workflow } = await createSmallWorkflow(left);
    workflows.push(workflow.split("/").at(-1) ?? "");
    await fetch(`${left}${workflow}/actions/abort`, { method: "POST", body: "{}" });
  };
  const busy = (async () => {
    while (workflows.length < 40) await Promise.all(Array.from({ length: 4 }, live));
  })();
  await before.waitUntil("some events", (client) => changesOf(client).length > 20);
  first.signal("SIGKILL");
  await before.waitUntil("its end", ({ ended }) => ended !== undefined);
  const after = await EventClient.open(`${left}/v1/events`, { lastId: before.lastId });
  await busy;

  // What was under way when the workflow was deactivated may still be logged afterwards.
  const isStopped = (client: EventClient) =>
    workflows.every((workflow) =>
      client.events.some(
        ({ data }) => data.workflow_id === workflow && data.phase === "pending-stopper" && data.was_successful,
      ),
    );
  await witness.waitUntil("all are stopped", isStopped);
  const received = () => changesOf(before).length + changesOf(after).length;
  await waitUntil("both have received as many events", () => received() === changesOf(witness).length);
  const resumed = [...changesOf(before), ...changesOf(after)];
  expect(changesOf(after).length).toBeGreaterThan(0);
  expect(new Set(idsOf(resumed)).size).toBe(resumed.length);
  for (const workflow of workflows)
    expect(ofWorkflow(resumed, workflow)).toEqual(ofWorkflow(changesOf(witness), workflow));
  expect(after.events.map(({ event }) => event)).not.toContain("gap");
});

test("streams end at once on SIGTERM, also those of clients that read nothing, and each logs one line", async () => {
  const REDIS_URL = await freshDatabase();
  const process = new ServiceProcess("web", { REDIS_URL, SHUTDOWN_SECONDS: "3600" });
  const url = await process.waitForUrl();
  const { workflow } = await createSmallWorkflow(url);
  const clients = [
    await EventClient.open(`${url}/v1/events`),
    await EventClient.open(`${url}${workflow}/events`),
    await EventClient.open(`${url}${workflow}/events`, { isPaused: true }),
  ];
  const leaving = await EventClient.open(`${url}${workflow}/events`);
  leaving.close();
  const lines = () =>
    process.logLines().filter(({ msg, route }) => msg === "request" && String(route).endsWith("/events"));
  await waitUntil("a line for the one who left", () => lines().length === 1);

  process.signal("SIGTERM");

  expect(await process.waitForExit()).toBe(0);
  for (const client of clients.slice(0, 2)) {
    await client.waitUntil("its end", ({ ended }) => ended !== undefined);
    expect(client.ended).toBe("in order");
    expect(client.lastId).not.toBe("");
  }
  expect(lines().map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("during its grace period, a process that received SIGTERM ends a new stream after the event id to resume from", async () => {
  const REDIS_URL = await freshDatabase();
  const process = new ServiceProcess("web", { REDIS_URL, SHUTDOWN_GRACE_SECONDS: "3600" });
  const url = await process.waitForUrl();
  process.signal("SIGTERM");
  await process.waitForOutput(/stopping/);
  const client = await EventClient.open(`${url}/v1/events`);
  await client.waitUntil("its end", ({ ended }) => ended !== undefined);
  expect(client.ended).toBe("in order");
  expect(client.response.headers.connection).toBe("close");
  expect(client.retry).toBe(1000);
  expect(client.lastId).not.toBe("");
});
