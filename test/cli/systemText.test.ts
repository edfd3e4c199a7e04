import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { SystemState } from "../../src/domain/system.js";
import { runCli } from "./runCli.js";

const UPSTREAM = { last_success: 1_795_978_110.2, failing_since: null, last_error: null, latency_ms: 12.4 };
const FAILING = {
  ...UPSTREAM,
  failing_since: 1_795_978_391.6,
  last_error: { at: 1_795_978_392.1, message: "HTTP 503\u001b[31m" },
};

const PROCESS: SystemState["processes"][number] = {
  ...{ id: "1a09", role: "web", version: "0.1.0", host: null, pid: null, started: 1_795_978_383.3 },
  ...{ seen: 1_795_978_393.3, event_loop_delay_ms: 4.2, connections: 17, rss_bytes: 185_200_640 },
  ...{
    clock_difference_seconds: -2.5,
    upstreams: { mqs: null, identity_provider: null, pilot_images: null },
    reconcile: null,
  },
};

const QUEUE = { kind: "starter" as const, delayed: 0, active: 1, dead: 0, waiting: 0, oldest_waiting_seconds: 0 };

const SYSTEM: SystemState = {
  processes: [PROCESS, { ...PROCESS, version: "0.0.9", event_loop_delay_ms: null, rss_bytes: null, connections: null }],
  versions: ["0.0.9", "0.1.0"],
  redis: [
    {
      ...{ address: "10.0.0.1:6379", version: "7.0.15", role: "master" },
      ...{ used_memory_bytes: 3 * 2 ** 30, max_memory_bytes: 4 * 2 ** 30 },
      persistence: {
        ...{ aof_enabled: true, rdb_enabled: true, last_save_ok: false, last_save: 1, last_aof_write_ok: true },
        ...{ last_fork_us: 0, aof_delayed_fsyncs: 0 },
      },
      replicas: [{ address: "10.0.0.2:6379", state: "online", lag_bytes: 2048, lag_seconds: 0 }],
    },
  ],
  upstreams: { mqs: FAILING, identity_provider: UPSTREAM, pilot_images: null },
  reconcile: null,
  retention: {
    begun: 1_795_978_383.3,
    last_run: { at: 1_795_978_383.3, seconds: 2.5, archived: 12, removed: 11, kept: 1, is_complete: false },
    ...{ up_to: 1_795_878_383.3, is_behind: true },
  },
  queues: [
    { ...QUEUE, name: "starter-a", schedd: "a", paused: { by: "olga", since: 1_795_978_383.3 } },
    { ...QUEUE, name: "starter-b", schedd: "b", active: 0, paused: { by: null, since: null } },
    { ...QUEUE, name: "starter-c", schedd: "c", active: 0, paused: false },
  ],
  layout: { version: 2, partitions: 16 },
  clock_difference_seconds: 2.5,
};

test("system names failures, an upgrade, missing workers and pauses", async () => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(SYSTEM));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const { stdout, code } = await runCli(["system", "--url", `http://127.0.0.1:${port}`]);

  expect(code).toBe(0);
  const [head, ...tables] = stdout.trimEnd().split("\n\n");
  expect(head?.split("\n")).toEqual([
    "ewms-wms 0.0.9, 0.1.0: an upgrade is under way",
    "Processes: 2, none with workers",
    "MQS: failing since 2026-11-29T18:53:11Z (HTTP 503�[31m); last answer 2026-11-29T18:48:30Z",
    "Identity provider: last answer 2026-11-29T18:48:30Z in 12 ms",
    "Reconcile: no pass yet",
    "Retention: last run 2026-11-29T18:53:03Z archived 12, removed 11 workflows; complete up to 2026-11-28T15:06:23Z",
    "Clocks: at most 2.5 s apart",
    "Layout: version 2, 16 partitions",
  ]);
  const rows = tables.map((table) => table.split("\n").map((line) => line.split(/ {2,}/)));
  expect(rows).toEqual([
    [
      ["PROCESS", "VERSION", "HOST", "PID", "STARTED", "LOOP DELAY", "MEMORY", "CONNECTIONS", "CLOCK"],
      ["web", "0.1.0", "-", "-", "2026-11-29T18:53:03Z", "4 ms", "176.6 MiB", "17", "-2.5 s"],
      ["web", "0.0.9", "-", "-", "2026-11-29T18:53:03Z", "-", "-", "-", "-2.5 s"],
    ],
    [
      ["REDIS", "VERSION", "ROLE", "MEMORY", "DISK", "REPLICAS"],
      [
        "10.0.0.1:6379",
        "7.0.15",
        "master",
        "3.0 GiB of 4.0 GiB",
        "cannot write",
        "10.0.0.2:6379 online, 2.0 KiB behind",
      ],
    ],
    [
      ["QUEUE", "WAITING", "ACTIVE", "DELAYED", "DEAD", "LONGEST WAIT", "PAUSED"],
      ["starter-a", "0", "1", "0", "0", "-", "by olga since 2026-11-29T18:53:03Z"],
      ["starter-b", "0", "0", "0", "0", "-", "by another tool"],
    ],
  ]);
});
