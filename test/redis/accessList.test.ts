import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from "vitest";
import { seededRandom } from "../../scripts/tms/random.js";
import { admin as runEwmsAdmin } from "../admin/runAdmin.js";
import { operatorHeaders } from "../api/dashboard/dashboardFixture.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { sendRequest } from "../setup/http.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { recordingLog } from "../setup/recordingLog.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitForValue } from "../setup/waitFor.js";
import { makeEarlyDocuments } from "../transfer/mongo/earlyDocuments.js";
import { makeDocuments } from "../transfer/mongo/mongoDocuments.js";
import { writeDumpFolder } from "../transfer/mongo/writeDumps.js";
import { EventClient } from "../views/events/eventClient.js";
import { Receiver } from "../webhooks/receiver.js";

const PASSWORD = "kept-in-a-file";
const OPERATOR = { ADMIN_USER: "olga", ADMIN_PASSWORD: "open sesame" };

/** The rules of the user in the example, with another password. */
function userRules(): string[] {
  const [, user = "", rules = ""] = /^user (\w+) (.*)$/.exec(readFileSync("ops/redis/wms.acl", "utf8").trim()) ?? [];
  return [user, ...rules.replace(">CHANGE-ME", `>${PASSWORD}`).split(" ")];
}

/** A command that Redis refused to the user. */
async function refusedCommands(admin: Redis): Promise<string[]> {
  const entries = (await admin.call("ACL", "LOG")) as string[][];
  return entries.map((entry) => `${entry[entry.indexOf("reason") + 1]}: ${entry[entry.indexOf("object") + 1]}`);
}

describe("with the user of ops/redis/wms.acl", () => {
  let admin: Redis;
  let scenario: ServiceScenario;
  const { log, lines } = recordingLog();

  beforeAll(async () => {
    const server = await startOwnRedis(afterAll);
    admin = new Redis(server.url);
    await admin.call("ACL", "SETUSER", ...userRules());
    scenario = await startServiceScenario(
      {
        REDIS_URL: server.url.replace("://", `://wms:${encodeURIComponent(PASSWORD)}@`),
        RECONCILE_SECONDS: "0.2",
        RATE_LIMIT_PER_MINUTE: "100000",
        TMS_ACTION_RETRIES: "0",
        TMS_LEASE_SECONDS: "1",
        TMS_RETRY_WAIT: "0",
        WEBHOOK_ALLOW_PRIVATE: "true",
        ...OPERATOR,
      },
      { log },
    );
  });
  afterAll(async () => {
    await scenario?.close();
    admin?.disconnect();
  });

  it("a service runs the whole story: users, TMSs, operators, events, metrics, reconcile", async () => {
    const at = scenario.nextAccessPoint({ random: seededRandom(3) });
    const tasks = [
      makeTaskRequestAt([at.location], { output_queue_aliases: ["a"] }),
      makeTaskRequestAt([at.location], { input_queue_aliases: ["a"] }),
    ];
    const { workflow, taskforces, task_directives } = await scenario.submitWorkflow(tasks, {
      public_queue_aliases: ["a"],
    });
    const events = await EventClient.open(`${scenario.url}/v1/workflows/${workflow.workflow_id}/events`);
    for (const { taskforce_uuid } of taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");

    // One cluster runs and is removed; the other submission fails, is retried by an operator, and its lease expires.
    await at.createTms.submit(await scenario.leaseToStart(at.createTms));
    await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no such file");
    await at.createTms.advanceAndReport();
    const headers = { ...operatorHeaders(scenario.url), "content-type": "application/json" };
    const operate = (path: string, method = "PUT") =>
      sendRequest(`${scenario.url}/admin/queues/api/queues/${path}`, { method, headers });
    expect((await operate(`starter-${at.schedd}/pause`)).status).toBe(200);
    expect((await operate(`starter-${at.schedd}/resume`)).status).toBe(200);
    expect((await operate(`starter-${at.schedd}/retry/failed`)).status).toBe(200);
    const leased = await scenario.leaseToStart(at.createTms);
    await waitForValue(
      "the lease has expired",
      () => scenario.readTaskforce(leased.taskforce.taskforce_uuid),
      ({ phase }) => phase === "pending-starter",
    );

    const receiver = await Receiver.start();
    onTestFinished(() => receiver.stop());
    const hook = await scenario.request<{ webhook_id: string }>("POST", "/v1/webhooks", {
      url: receiver.url,
      events: ["deactivated"],
    });
    expect(hook.status).toBe(200);

    for (const path of [
      `/v1/workflows/${workflow.workflow_id}/summary`,
      `/v1/workflows/${workflow.workflow_id}/diagnosis`,
      "/v1/diagnosis",
      "/v1/locations",
      "/v1/schedds",
      `/v1/schedds/${at.schedd}`,
      "/v1/system",
      "/v1/system/audit",
      "/v1/stray-clusters",
      "/v1/webhooks",
      `/v1/webhooks/${hook.body.webhook_id}`,
      `/v1/mqs/workflows/${workflow.workflow_id}/mq-profiles/public`,
    ])
      expect([path, (await scenario.request("GET", path)).status]).toEqual([path, 200]);
    for (const [collection, query] of [
      ["workflows", { workflow_id: { $in: [workflow.workflow_id] } }],
      ["task-directives", { task_image: /reco/.source }],
      ["taskforces", { phase: { $ne: "condor-rm" }, schedd: at.schedd, priority: { $gte: 1 } }],
    ] as const)
      expect((await scenario.request("POST", `/v1/query/${collection}`, { query })).status).toBe(200);

    const key = { headers: { "idempotency-key": "k1" }, method: "POST" };
    const repeated = { tasks: [makeTaskRequestAt([at.location])], public_queue_aliases: [] };
    for (const _ of [1, 2])
      expect((await sendRequest(`${scenario.url}/v1/workflows`, { ...key, body: repeated })).status).toBe(200);
    for (const { task_id } of task_directives)
      expect((await scenario.addWorkers(task_id, at.location)).status).toBe(200);
    // Larger than one step of a creation.
    await scenario.submitWorkflow(
      Array.from({ length: 600 }, (_, n) => makeTaskRequestAt([at.location], { task_args: `--part ${n}` })),
    );

    expect((await scenario.deactivate(workflow.workflow_id, "abort")).status).toBe(200);
    await receiver.waitForCalls(1);
    expect((await scenario.request("DELETE", `/v1/webhooks/${hook.body.webhook_id}`)).status).toBe(200);
    const { taskforce_uuid } = await scenario.leaseToStop(at.createTms);
    await scenario.request("POST", `/v1/tms/condor-rm/taskforces/${taskforce_uuid}`);
    const complete = { condor_complete_ts: 1_700_000_000 };
    await scenario.request("POST", `/v1/tms/condor-complete/taskforces/${taskforce_uuid}`, complete);
    await scenario.waitForPhase(taskforce_uuid, "condor-complete");
    await events.waitForEvent("phase", { phase: "condor-complete" });

    const wrong = { authorization: `Basic ${Buffer.from("olga:guess").toString("base64")}` };
    expect((await sendRequest(`${scenario.url}/admin/`, { headers: wrong })).status).toBe(401);
    expect((await sendRequest(`${scenario.url}/admin/queues`, { headers })).status).toBe(200);
    expect((await sendRequest(`${scenario.url}/metrics`)).text).toContain("wms_redis_persistence_ok");
    expect((await sendRequest(`${scenario.url}/readyz`)).status).toBe(200);

    expect(await refusedCommands(admin)).toEqual([]);
    expect(lines.filter((line) => /NOPERM|Redis refuses/.test(line))).toEqual([]);
  });

  it("the user can read no other keys and change no settings", async () => {
    const client = new Redis({ port: admin.options.port as number, username: "wms", password: PASSWORD });
    for (const command of [
      ["get", "other"],
      ["flushall"],
      ["config", "set", "maxmemory", "1"],
      ["keys", "*"],
      ["acl", "list"],
    ])
      await expect(client.call(...(command as [string]))).rejects.toThrow(/NOPERM/);
    client.disconnect();
  });
});

test("with the same user, ewms-admin imports, exports, verifies, measures and purges", async () => {
  const server = await startOwnRedis(onTestFinished);
  const admin = new Redis(server.url);
  onTestFinished(() => admin.disconnect());
  await admin.call("ACL", "SETUSER", ...userRules());
  const url = server.url.replace("://", `://wms:${encodeURIComponent(PASSWORD)}@`);
  const folder = await temporaryFolder(onTestFinished);
  const dump = join(folder, "dump");
  const documents = makeDocuments(["condor-complete"]);
  await writeDumpFolder(dump, [documents, makeEarlyDocuments(["pending-starter"])], false);
  for (const args of [
    ["import", dump],
    ["migrate"],
    ["verify", dump],
    ["stats"],
    ["export", join(folder, "all.ndjson")],
    ["purge", "--workflow", String(documents.workflow["workflow_id"]), "--export", join(folder, "purged.ndjson")],
  ]) {
    const { code, stderr } = await runEwmsAdmin(url, args);
    expect([args[0], code, stderr]).toEqual([args[0], 0, ""]);
  }
  expect(await refusedCommands(admin)).toEqual([]);
});
