import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IdentityProvider } from "../auth/identityProvider.js";
import { isPortOpen, workflowRequestJson } from "../processes/serviceProcess.js";
import { makeTaskRequestAt, type ServiceScenario, single, startServiceScenario } from "../scenarios/serviceScenario.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { CLI_PATH, type ProcessResult, runCliProcess, startCli, startShell } from "./cliProcess.js";
import { runCli } from "./runCli.js";

let scenario: ServiceScenario;
let run: (...args: string[]) => Promise<ProcessResult>;
beforeAll(async () => {
  scenario = await startServiceScenario({ TMS_RETRY_WAIT: "0" });
  run = (...args) => runCli(args, { env: { EWMS_URL: scenario.url } });
});
afterAll(() => scenario.close());

const WORKFLOW = /WF-[0-9a-f]+-[0-9a-f]{8}/;

describe("annotate", () => {
  const submit = async (...options: string[]) => {
    const { stdout } = await runCli(["submit", "--quiet", "-", ...options], {
      env: { EWMS_URL: scenario.url },
      input: workflowRequestJson({ cluster_locations: ["pool-37"] }),
    });
    return stdout.trim();
  };
  const version = (JSON.parse(readFileSync("client/package.json", "utf8")) as { version: string }).version;

  test("submit names and labels the workflow, and annotate shows it", async () => {
    const id = await submit("--name", "Kaskaden für IC86", "--label", "season=IC86", "--label", "urgent");
    const { stdout, code } = await run("annotate", id);
    expect(stdout.split("\n")).toEqual([
      "Name:    Kaskaden für IC86",
      "Labels:  season=IC86, urgent",
      "Note:    -",
      expect.stringMatching(new RegExp(`^Created: .* by anonymous with ewms/${version.replaceAll(".", "\\.")}$`)),
      "",
    ]);
    expect(code).toBe(0);
  });

  test("changes what is given, and keeps the rest", async () => {
    const id = await submit("--name", "first", "--label", "a=1", "--label", "b=2");
    await run("annotate", id, "--note", "one\ntwo", "--label", "a=3", "--label", "c=x=y");
    const { stdout } = await run("annotate", id, "--name", "", "--remove-label", "b", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ name: null, labels: { a: "3", c: "x=y" }, note: "one\ntwo" });
  });

  test.each<[string[], string, number]>([
    [["--label", "a=1", "--label", "a=2"], 'The label "a" is given twice', 2],
    [["--label", "a=1,2"], 'The label "a" must not contain a comma', 2],
    [["--remove-label", "nothing"], 'there is no label "nothing" to remove', 2],
    [["--label", "a b=1"], 'labels["a b"]: must consist of 1 to 63 letters', 2],
    [["--name", "x".repeat(121)], "name: ", 2],
  ])("refuses %j", async (options, message, exitCode) => {
    const id = await submit("--name", "stays");
    const { code, stderr } = await run("annotate", id, ...options);
    expect([stderr, code]).toEqual([expect.stringContaining(message), exitCode]);
    expect(JSON.parse((await run("annotate", id, "--json")).stdout)).toMatchObject({ name: "stays", labels: {} });
  });
});

describe("submit", () => {
  test("creates the workflow of a JSON file", async () => {
    const path = join(await temporaryFolder(), "request.json");
    writeFileSync(path, workflowRequestJson({ cluster_locations: ["pool-38", "pool-39"] }));
    const { code, stdout } = await run("submit", path);
    expect(stdout).toMatch(/^WF-[0-9a-f]+-[0-9a-f]{8} created: 1 task, 2 taskforces\n$/);
    expect(code).toBe(0);
    expect(await scenario.readWorkflow(WORKFLOW.exec(stdout)?.[0] ?? "")).toMatchObject({
      deactivated: null,
    });
  });

  test("reads YAML on stdin, and with --quiet prints only the id", async () => {
    const request = JSON.parse(workflowRequestJson()) as { tasks: object[] };
    const yaml = `public_queue_aliases: [] # none\npriority: 7\ntasks:\n  - ${JSON.stringify({ ...request.tasks[0], cluster_locations: ["pool-38"] })}\n`;
    const args = ["submit", "--quiet", "-"];
    const { stdout } = await runCli(args, { env: { EWMS_URL: scenario.url }, input: yaml });
    expect(await scenario.readWorkflow(stdout.trimEnd())).toMatchObject({ priority: 7 });
  });

  test("reports file, line and field of each issue, and sends nothing", async () => {
    const path = join(await temporaryFolder(), "request.yaml");
    writeFileSync(path, "public_queue_aliases: []\ntasks:\n  - task_image: 7\n    bogus: true\n");
    const { code, stderr, stdout } = await runCli(["submit", path, "--url", "http://127.0.0.1:9"]);
    expect(stderr).toContain(`${path}:3: tasks[0].task_image: expected string, got number\n`);
    expect(stderr).toContain(`${path}:4: tasks[0].bogus: unknown field\n`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("adds the line to an error of the service", async () => {
    const input = workflowRequestJson({ cluster_locations: ["nowhere"] });
    const { code, stderr } = await runCli(["submit", "-"], { env: { EWMS_URL: scenario.url }, input });
    const field = "tasks[0].cluster_locations[0]";
    const unknown = `ewms: stdin:1: ${field}: condor cluster location not found: nowhere; valid: pool-0, `;
    expect(stderr.slice(0, unknown.length)).toBe(unknown);
    expect(stderr).toMatch(/, and 20 more\n$/);
    expect(code).toBe(2);
  });
});

describe("query in a pipe", () => {
  test("exits without an error when the reader closes the pipe", async () => {
    for (let n = 0; n < 3; n++) await scenario.submitWorkflow([makeTaskRequestAt(["pool-38"])]);
    const listing = startCli(["query", "taskforces", "--json"], { env: { EWMS_URL: scenario.url } });
    listing.child.stdout.destroy();
    expect(await listing.result).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("get and ids", () => {
  test("get and ids work for each kind of id", async () => {
    const { workflow, task_directives, taskforces } = await scenario.submitWorkflow([
      makeTaskRequestAt(["pool-38", "pool-39"]),
    ]);
    const directive = single(task_directives);
    expect(JSON.parse((await run("get", workflow.workflow_id)).stdout)).toEqual(workflow);
    expect(JSON.parse((await run("get", directive.task_id)).stdout)).toEqual(directive);
    const { taskforce_uuid } = taskforces[1] ?? {};
    expect(JSON.parse((await run("get", String(taskforce_uuid))).stdout)).toMatchObject({ taskforce_uuid });
    const uuids = taskforces.map((taskforce) => taskforce.taskforce_uuid);
    const listed = (await run("ids", workflow.workflow_id)).stdout.trimEnd().split("\n");
    expect(listed[0]).toBe(directive.task_id);
    expect(listed.slice(1).toSorted()).toEqual(uuids.toSorted());
    expect((await run("ids", "--tasks", workflow.workflow_id)).stdout).toBe(`${directive.task_id}\n`);
  });

  test.each([
    ["get", "WF-0-00000000", "no workflow found with id: WF-0-00000000"],
    ["get", "WF-1", "no workflow found with id: WF-1"],
    ["get", "TK-0-0-0", "no task directive found with id: TK-0-0-0"],
    ["get", "TF-0-0-0-0", "no taskforce found with id: TF-0-0-0-0"],
    ["why", "TF-0", "no taskforce found with id: TF-0"],
    ["ids", "WF-0-00000000", "no workflow found with id: WF-0-00000000"],
    ["why", "WF-0-00000000", "no workflow found with id: WF-0-00000000"],
    ["watch", "WF-0-00000000", "no workflow found with id: WF-0-00000000"],
  ])("%s %s exits with 3: %s", async (command, id, message) => {
    expect(await run(command, id)).toEqual({ code: 3, stdout: "", stderr: `ewms: ${message}\n` });
  });
});

describe("query", () => {
  test("prints the selected fields as JSON lines, CSV or a table", async () => {
    const { workflow_id } = (
      await scenario.submitWorkflow([
        makeTaskRequestAt(["pool-38"]),
        makeTaskRequestAt(["pool-39"], { task_args: 'a,"b"' }),
      ])
    ).workflow;
    const search = ["--filter", JSON.stringify({ workflow_id }), "--fields", "task_id,task_args,cluster_locations"];
    const query = (...more: string[]) => run("query", "task-directives", ...search, ...more);
    const [one, other] = (await query()).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { task_id: string });
    expect(other).toEqual({
      task_id: expect.any(String),
      task_args: 'a,"b"',
      cluster_locations: ["pool-39"],
    });
    expect((await query("--csv")).stdout).toBe(
      `task_id,task_args,cluster_locations\n${one?.task_id},${makeTaskRequestAt([]).task_args},"[""pool-38""]"\n` +
        `${other?.task_id},"a,""b""","[""pool-39""]"\n`,
    );
    const table = (await query("--table", "--limit", "1")).stdout.split("\n");
    expect(table[0]).toMatch(/^task_id +task_args +cluster_locations$/);
    expect(table[1]).toMatch(/^TK-\S+ +reconstruct .* +\["pool-38"\]$/);
    expect(table).toHaveLength(3);
  });

  test("without results prints nothing", async () => {
    expect(await run("query", "taskforces", "--filter", '{"schedd": "none"}')).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test.each([
    [["taskforces", "--filter", "{nope"], "Invalid JSON"],
    [["taskforces", "--filter", "[]"], "Expected a JSON object"],
    [["taskforces", "--filter", '{"$where": "1"}'], "$where"],
    [["schedds"], "Allowed choices are workflows, task-directives, taskforces"],
    [["taskforces", "--json", "--csv"], "cannot be used with option"],
    [["taskforces", "--limit", "0"], "Expected an integer of at least 1"],
    [["taskforces", "--fields", "a,,b"], "--fields has an empty name"],
  ])("%j is rejected in one line", async (args, message) => {
    const { code, stderr, stdout } = await run("query", ...args);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("add-workers, abort and finish", () => {
  test("add-workers adds a taskforce to a task", async () => {
    const at = scenario.nextAccessPoint();
    const { task_directives } = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
    const { task_id } = single(task_directives);
    const { stdout, code } = await run("add-workers", task_id, "--location", at.location, "-n", "12");
    expect(stdout).toMatch(new RegExp(`^TF-\\S+ requests 12 workers on ${at.schedd}\n$`));
    expect(code).toBe(0);
    expect(await scenario.readTaskforce(stdout.split(" ")[0] ?? "")).toMatchObject({
      n_workers: 12,
      task_id,
    });
  });

  test.each([
    ["abort", "aborted", "ABORTED"],
    ["finish", "finished", "FINISHED"],
  ] as const)("%s requires --yes without a terminal", async (command, state, deactivated) => {
    const { workflow_id } = (await scenario.submitWorkflow([makeTaskRequestAt(["pool-38"])])).workflow;
    const rejected = await run(command, workflow_id);
    expect(rejected).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") });
    expect((await scenario.readWorkflow(workflow_id)).deactivated).toBeNull();
    const { stdout } = await run(command, "--yes", workflow_id);
    expect(stdout).toBe(`${workflow_id} is ${state}, 1 taskforce to be stopped\n`);
    expect((await scenario.readWorkflow(workflow_id)).deactivated).toBe(deactivated);
    expect(await run(command, "--yes", workflow_id)).toEqual({
      code: 3,
      stdout: "",
      stderr: expect.stringMatching(
        new RegExp(`^ewms: ${workflow_id} was ${state} \\d+ s ago, at \\S+Z: nothing is left to do\n$`),
      ),
    });
    expect((await run(command, "--yes", "WF-0-00000000")).stderr).toBe(
      "ewms: no workflow found with id: WF-0-00000000\n",
    );
  });
});

describe("why", () => {
  test("explains what a workflow is waiting for, and shows failures", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "the spool is full\u001b[31m");
    await waitForValue(
      "the summary contains the failure",
      () => scenario.request<{ n_failed_attempts: number }>("GET", `/v1/workflows/${workflow_id}/summary`),
      ({ body }) => body.n_failed_attempts === 1,
    );
    const { stdout } = await run("why", workflow_id);
    expect(stdout).toContain(`${workflow_id} is running.\n`);
    expect(stdout).toMatch(
      new RegExp(`^1 taskforce is waiting for schedd ${at.schedd}, .*the spool is full.*\\.$`, "m"),
    );
    expect(stdout).toMatch(/^ {2}waiting to start: 1 taskforce, for \d+ s$/m);
    expect(stdout).toContain(`${taskforce_uuid} on ${at.schedd}, condor-submit: ERROR: the spool is full`);
    expect(stdout, "without escape sequences of stored texts").not.toContain("\u001b");
  });

  test("and schedds show the lines of an error", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const traceback = 'Traceback:\r\n\tFile "x.py"\nOSError: \u0007no space\n';
    for (let failure = 0; failure < 10; failure++) {
      const { body } = await scenario.request<{ starter: { dead: number } }>("GET", `/v1/schedds/${at.schedd}`);
      if (body.starter.dead > 0) break;
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), traceback);
    }
    const lines = 'Traceback:\n    \tFile "x.py"\n    OSError: \ufffdno space\n';
    expect((await run("why", workflow_id)).stdout).toContain(`condor-submit: ERROR: ${lines}`);
    const ofSchedd = (await run("schedds", at.schedd)).stdout;
    expect(ofSchedd).toMatch(new RegExp(`dead +${taskforce_uuid}`));
    expect(ofSchedd).toContain(lines);
  });
});

describe("every command", () => {
  test("reports an unreachable service and the next step in one sentence", async () => {
    const { url, close } = await startTestService();
    await close();
    expect(await isPortOpen(Number(new URL(url).port))).toBe(false);
    const { code, stderr } = await runCli(["ls", "--url", url, "--patience", "0"]);
    expect(stderr).toMatch(
      new RegExp(
        `^ewms: could not reach ${url}: connect ECONNREFUSED \\S+: is the service running\\? Set EWMS_URL or --url\n$`,
      ),
    );
    expect(code).toBe(5);
  });

  test.each([
    [["ls", "--url", "nowhere"], '"nowhere" is not an http or https URL: set --url or EWMS_URL'],
    [["get", "XF-1"], '"XF-1" is not an id: ids begin with WF-, TK- or TF-'],
    [["watch", "TK-0-00000000-00000000"], "is the id of a task directive; expected the id of a workflow"],
    [["lss"], "unknown command 'lss' (Did you mean ls?)"],
    [["status", "WF-1"], "unknown command 'status' (use ewms show)"],
    [["stop"], "unknown command 'stop' (use ewms abort)"],
    [["cancel"], "unknown command 'cancel' (use ewms abort)"],
    [["rm"], "unknown command 'rm' (use ewms abort)"],
    [["kill"], "unknown command 'kill' (use ewms abort)"],
    [["list"], "unknown command 'list' (use ewms ls)"],
    [["ps"], "unknown command 'ps' (use ewms ls)"],
    [["submit", "."], "ewms: .: is a folder, not a file"],
    [["ls", "--al"], "unknown option '--al' (Did you mean --all?)"],
    [["get"], "missing required argument 'id'"],
    [["ls", "--patience", "long"], "Expected a number of seconds"],
    [["submit", "no-such-file"], "no-such-file: file not found"],
  ])("%j is rejected in one line, with 2", async (args, message) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });

  test("reports a full disk in one line", async () => {
    const command = startShell(`node ${CLI_PATH} ls > /dev/full`, { EWMS_URL: scenario.url });
    expect(await command.result).toEqual({
      code: 1,
      stdout: "",
      stderr: "ewms: the output: no space left on the disk\n",
    });
  });

  test("exits with the code of the failure when the reader of the messages has closed the pipe", async () => {
    const command = startCli(["get", "WF-x"]);
    command.child.stderr.destroy();
    expect(await command.result).toEqual({ code: 2, stdout: "", stderr: "" });
  });

  test("has help with examples", async () => {
    const { stdout } = await runCli(["--help"]);
    const commands = [
      ...(stdout.split("Commands:\n")[1]?.split("\n\n")[0] ?? "").matchAll(/^ {2}([a-z-]+) .* {2}\S/gm),
    ].flatMap(([, name = ""]) => (name === "help" ? [] : [name]));
    expect(commands.length).toBeGreaterThanOrEqual(12);
    for (const command of commands)
      expect((await runCli([command, "--help"])).stdout, command).toContain(`\nExamples:\n  ewms ${command}`);
  });

  test("without a command, prints the help on stderr and exits with 2", async () => {
    expect(await runCli([])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("Usage: ewms"),
    });
  });

  test("prints its version", async () => {
    const { version } = JSON.parse(readFileSync("client/package.json", "utf8")) as { version: string };
    expect(await runCli(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("passes arguments, environment, stdin and exit code of the process", async () => {
    const env = { EWMS_URL: scenario.url };
    const input = workflowRequestJson({ cluster_locations: ["pool-38"] });
    const submitted = await runCliProcess(["submit", "--quiet", "-"], { env, input });
    expect(submitted).toEqual({ code: 0, stdout: expect.stringMatching(WORKFLOW), stderr: "" });
    const rejected = await runCliProcess(["get", "WF-x"], { env });
    expect(rejected).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining('"WF-x" is not an id') });
    expect((await runCliProcess(["get", "WF-0-00000000"], { env })).code).toBe(3);
  });
});

describe("at a service with authentication", () => {
  let idp: IdentityProvider;
  let guarded: ServiceScenario;
  beforeAll(async () => {
    idp = await IdentityProvider.start();
    guarded = await startServiceScenario({ AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms" });
  });
  afterAll(async () => {
    await guarded.close();
    await idp.stop();
  });

  test("a missing token and a missing role are reported with the next step", async () => {
    const without = await runCli(["ls", "--url", guarded.url]);
    expect(without).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("set EWMS_TOKEN, or EWMS_OPENID_URL and EWMS_CLIENT_ID"),
    });
    const env = { EWMS_TOKEN: await idp.signToken({ ewms_role: "other" }) };
    const unfit = await runCli(["ls", "--url", guarded.url], { env });
    expect(unfit).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("ask the operator of the service for the role"),
    });
  });

  test("EWMS_TOKEN, client credentials and the device flow authenticate", async () => {
    const env = { EWMS_URL: guarded.url, XDG_CACHE_HOME: await temporaryFolder() };
    const token = await idp.signToken({ ewms_role: "user" });
    expect(await runCli(["ls"], { env: { ...env, EWMS_TOKEN: token } })).toMatchObject({ code: 0 });
    idp.nextLoginClaims = { ewms_role: "user" };
    idp.clientSecrets = { robot: "secret" };
    const login = { ...env, EWMS_OPENID_URL: idp.issuer };
    const robot = { ...login, EWMS_CLIENT_ID: "robot", EWMS_CLIENT_SECRET: "secret" };
    expect(await runCli(["ls"], { env: robot })).toMatchObject({ code: 0, stderr: "" });
    const person = { ...login, EWMS_CLIENT_ID: "cli" };
    expect(await runCli(["ls"], { env: person })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("a user must log in, and no terminal or onDeviceLogin can ask"),
    });
    expect(await runCli(["ls"], { env: person, isTerminal: true })).toMatchObject({
      code: 0,
      stderr: `To log in, open ${idp.issuer}/activate and check that it shows WDJB-MJHT, or enter it there.\n`,
    });
    expect(await runCli(["ls"], { env: person })).toMatchObject({ code: 0, stderr: "" });
  });
});

test("an unreachable identity provider is retried, and exits with 5", async () => {
  const login = { EWMS_OPENID_URL: "http://127.0.0.1:9", EWMS_CLIENT_ID: "robot", EWMS_CLIENT_SECRET: "secret" };
  const env = { ...login, XDG_CACHE_HOME: await temporaryFolder() };
  const { code, stderr } = await runCli(["ls", "--url", scenario.url, "--patience", "0.5"], { env });
  expect(code).toBe(5);
  expect(stderr).toMatch(/retrying for 0\.5 s/);
  expect(stderr).toMatch(/could not reach http:\/\/127\.0\.0\.1:9: /);
});

describe("schedds", () => {
  test("shows the queues of a schedd", async () => {
    const at = scenario.nextAccessPoint();
    const dead = (await scenario.createPending(at)).taskforce_uuid;
    for (let n = 0; n < 3; n++)
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "the spool is full");
    const leased = (await scenario.createPending(at)).taskforce_uuid;
    await scenario.leaseToStart(at.createTms);
    const next = (await scenario.createPending(at)).taskforce_uuid;
    await scenario.waitForLaunches();
    const { stdout, code } = await run("schedds", at.schedd);
    expect(stdout).toMatch(new RegExp(`^${at.schedd}: 3 waiting to start\\. Last TMS poll: \\S+Z\\.$`, "m"));
    expect(stdout).toMatch(/^To start: 1 waiting, longest wait \d+ s; 1 leased, 0 delayed, 1 dead letter$/m);
    expect(stdout).toMatch(new RegExp(`^ {2}next {4}${next}$`, "m"));
    expect(stdout).toMatch(new RegExp(`^ {2}leased {2}${leased} since \\S+Z$`, "m"));
    expect(stdout).toMatch(new RegExp(`^ {2}dead {4}${dead} since \\S+Z: the spool is full$`, "m"));
    expect(stdout).toMatch(/^To stop: 0 waiting; 0 leased, 0 delayed, 0 dead letters$/m);
    expect(code).toBe(0);
    const all = (await run("schedds")).stdout;
    expect(all).toMatch(/^SCHEDD +LAST POLL +TO START +TO STOP$/m);
    expect(all).toMatch(new RegExp(`^${at.schedd} +\\S+Z +1 waiting, 1 leased, 1 dead letter +-$`, "m"));
  });

  test("shows the stray clusters of a schedd, and polls for unknown schedds in the overview", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut } = await scenario.createRunning(at);
    expect((await run("schedds", at.schedd)).stdout).not.toContain("Stray clusters");
    await expect(at.createTms.submit(handOut, { cluster_id: 9001 })).rejects.toThrow();
    const { stdout } = await run("schedds", at.schedd);
    expect(stdout).toMatch(
      new RegExp(
        `\n\nStray clusters, which HTCondor runs and the service never stops:\n {2}stray {3}9001 of ${uuid}, reported \\S+Z: no longer pending-starter\n$`,
      ),
    );

    expect((await run("schedds")).stdout).not.toContain("UNKNOWN SCHEDD");
    await scenario.tms("access-pont").leaseStarter();
    const isShown = ({ stdout: text }: ProcessResult) =>
      /\n\nTMSes poll for .+:\nUNKNOWN SCHEDD +POLLS SINCE +LAST POLL\naccess-pont +\S+Z +\S+Z\n$/.test(text);
    await waitForValue("the unknown schedd is shown", () => run("schedds"), isShown);
  });

  test("with --json prints one object per schedd and line", async () => {
    const { schedd } = scenario.nextAccessPoint();
    const { body } = await scenario.request<{ schedds: { schedd: string }[] }>("GET", "/v1/schedds");
    const lines = (await run("schedds", "--json")).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).schedd)).toEqual(body.schedds.map((each) => each.schedd));
    const one = JSON.parse((await run("schedds", schedd, "--json")).stdout);
    expect(one).toEqual((await scenario.request("GET", `/v1/schedds/${schedd}`)).body);
  });

  test("has the hidden name drain, which prints the same", async () => {
    const at = scenario.nextAccessPoint();
    await scenario.createPending(at);
    await scenario.waitForLaunches();
    // The wait grows between two commands.
    const withoutWait = ({ stdout, ...rest }: ProcessResult) => ({ ...rest, stdout: stdout.replace(/\d+ s/g, "N s") });
    const ofSchedd = withoutWait(await run("drain", "--schedd", at.schedd));
    expect(ofSchedd.stdout).toContain("To start: 1 waiting");
    expect(ofSchedd).toEqual(withoutWait(await run("schedds", at.schedd)));
    const overview = await run("drain");
    expect(overview.stdout).toContain(at.schedd);
    expect(overview).toEqual(await run("schedds"));
    const { stdout: help } = await run("--help");
    expect(help).toMatch(/^ {2}schedds /m);
    expect(help).not.toContain("drain");
  });

  test("exits with 3 for an unknown schedd", async () => {
    expect(await run("schedds", "nowhere")).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("system", () => {
  test("shows processes, Redis, and the queues that hold jobs", async () => {
    const at = scenario.nextAccessPoint();
    await scenario.createPending(at);
    await scenario.waitForLaunches();
    const { stdout, code } = await run("system");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ewms-wms \d+\.\d+\.\d+$/m);
    expect(stdout).toMatch(/^Processes: 1, 1 with workers$/m);
    expect(stdout).toMatch(/^MQS: not called$/m);
    expect(stdout).toMatch(/^Identity provider: not called$/m);
    expect(stdout).toMatch(/^Reconcile: last pass \S+Z took [\d.]+ m?s, added \d+ jobs?, dropped \d+$/m);
    expect(stdout).toMatch(/^Clocks: at most \d+ ms apart$/m);
    expect(stdout).toMatch(/^Layout: version 2, \d+ partitions$/m);
    expect(stdout).toMatch(
      new RegExp(`^web worker +\\S+ +\\S+ +${process.pid} +\\S+Z +\\d+ ms +[\\d.]+ MiB +\\d+ +-?\\d+ ms$`, "m"),
    );
    expect(stdout).toMatch(/^127\.0\.0\.1:\d+ +\d\S+ +master +[\d.]+ MiB/m);
    expect(stdout).toMatch(new RegExp(`^starter-${at.schedd} +1 +0 +0 +0 +\\d+ s +-$`, "m"));
    expect(stdout).not.toContain(`stopper-${at.schedd}`);
  });

  test("prints the whole state with --json", async () => {
    const { stdout, code } = await run("system", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      layout: { version: 2, partitions: expect.any(Number) },
      queues: expect.arrayContaining([expect.objectContaining({ name: "mq-activation", paused: false })]),
    });
  });
});
