import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IdentityProvider } from "../auth/identityProvider.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ServiceScenario, shortLog, startServiceScenario } from "./serviceScenario.js";

const SCRIPT = fileURLToPath(new URL("../../scripts/simulate-tms.ts", import.meta.url));

interface SimulatorResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

function startSimulator(args: string[]): {
  child: ChildProcess;
  output: () => string;
  ended: Promise<SimulatorResult>;
} {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, output }) as SimulatorResult);
  return { child, output: () => output, ended };
}

describe("the TMS simulator on the command line", () => {
  let scenario: ServiceScenario;
  beforeAll(async () => {
    scenario = await startServiceScenario({ TMS_LEASE_SECONDS: "0.5" });
  });
  afterAll(() => scenario.close());

  it("with --once submits the waiting taskforces and prints a line for each action", async () => {
    const at = scenario.nextAccessPoint();
    const taskforces = [await scenario.createPending(at), await scenario.createPending(at)];
    await scenario.waitForLaunches();

    const { code, output } = await startSimulator(["--schedd", at.schedd, "--url", scenario.url, "--once"]).ended;

    expect(code, output).toBe(0);
    for (const { taskforce_uuid } of taskforces) {
      const { phase, cluster_id } = await scenario.readTaskforce(taskforce_uuid);
      expect(phase).toBe("condor-submit");
      expect(output).toContain(`submitted ${taskforce_uuid} as cluster ${cluster_id}`);
    }
  });

  it("reports every submission as failed at a fail rate of 1", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    await scenario.waitForLaunches();
    const args = ["--schedd", at.schedd, "--url", scenario.url, "--once", "--fail-rate", "1"];
    const { code, output } = await startSimulator(args).ended;
    expect(code, output).toBe(0);
    expect(output).toContain(`could not submit ${taskforce_uuid}: `);
    expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("pending-starter");
  });

  it("exits with a leased taskforce if the option is given, and the lease expires", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    const args = ["--schedd", at.schedd, "--url", scenario.url, "--die-after-lease"];
    const { signal, output } = await startSimulator(args).ended;
    expect(signal).toBe("SIGKILL");
    expect(output).toContain(`leased ${taskforce_uuid}`);
    expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it("runs a workflow to its end, also after a restart, and shuts down on Ctrl-C", async () => {
    const at = scenario.nextAccessPoint();
    const args = ["--schedd", at.schedd, "--url", scenario.url, "--interval", "0.05"];
    const { taskforce_uuid, workflow_id } = await scenario.createPending(at);
    const first = startSimulator(args);
    await scenario.waitForPhase(taskforce_uuid, "condor-submit");
    first.child.kill("SIGINT");
    expect(await first.ended).toMatchObject({ code: 0, output: expect.stringContaining("ended") });

    await scenario.deactivate(workflow_id, "abort");
    const second = startSimulator(args);
    await scenario.waitForPhase(taskforce_uuid, "condor-complete");
    second.child.kill("SIGINT");
    expect(await second.ended).toMatchObject({ code: 0 });
    await waitForValue(
      "the taskforce's workers are gone",
      () => scenario.readTaskforce(taskforce_uuid),
      (taskforce) =>
        Object.keys(taskforce.compound_statuses).every((status) => ["REMOVED", "COMPLETED"].includes(status)),
    );
  });

  it.each([
    [[], "--schedd is missing"],
    [["--schedd", "X", "--fail-rate", "2"], "--fail-rate must be a number from 0 to 1"],
    [["--schedd", "X", "--url", "nowhere"], "--url must be an http or https address"],
    [["--schedd", "X", "--concurrency", "half"], "--concurrency must be a number from 1"],
    [["--schedd", "X", "--colour"], "Unknown option '--colour'"],
  ])("refuses %j in one sentence", async (args, sentence) => {
    const { code, output } = await startSimulator(args).ended;
    expect(code).toBe(2);
    expect(output).toContain(sentence);
    expect(output.trim().split("\n")).toHaveLength(1);
  });
});

describe("the TMS simulator at a service that checks tokens", () => {
  let idp: IdentityProvider;
  let scenario: ServiceScenario;
  let tms: string;
  beforeAll(async () => {
    idp = await IdentityProvider.start();
    const user = await idp.signToken({ groups: ["/institutions/IceCube/members"] });
    tms = await idp.signToken({ ewms_role: "system-tms" });
    scenario = await startServiceScenario(
      { AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms" },
      { tokens: { user, tms } },
    );
  });
  afterAll(async () => {
    await scenario.close();
    await idp.stop();
  });

  it("runs a workflow to its end with its token", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid, workflow_id } = await scenario.createPending(at);
    const args = ["--schedd", at.schedd, "--url", scenario.url, "--interval", "0.05", "--token", tms];
    const simulator = startSimulator(args);
    await scenario.waitForPhase(taskforce_uuid, "condor-submit");
    await scenario.deactivate(workflow_id, "finished");
    expect(shortLog(await scenario.waitForPhase(taskforce_uuid, "condor-complete"))).toEqual([
      "pre-mq-activation by USER",
      "pre-launch by Workflow MQ Activator",
      "pending-starter by Taskforce Launch Control",
      "condor-submit by TMS",
      "pending-stopper by User",
      "condor-rm by TMS",
      "condor-complete by TMS",
    ]);
    simulator.child.kill("SIGINT");
    expect(await simulator.ended).toMatchObject({ code: 0 });
  });

  it("prints the reason of the rejection without a token", async () => {
    const { schedd } = scenario.nextAccessPoint();
    const { code, output } = await startSimulator(["--schedd", schedd, "--url", scenario.url, "--once"]).ended;
    expect(code).toBe(1);
    expect(output).toContain("401 a bearer token is needed");
  });
});
