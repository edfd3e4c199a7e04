import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IdentityProvider } from "../auth/identityProvider.js";
import { startFaultyProxy } from "../client/faultyProxy.js";
import { workflowRequestJson } from "../processes/serviceProcess.js";
import { type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import type { ProcessResult, StartOptions } from "./cliProcess.js";
import { runCli } from "./runCli.js";

let idp: IdentityProvider;
let scenario: ServiceScenario;
const tokens = new Map<string, string>();
beforeAll(async () => {
  idp = await IdentityProvider.start();
  for (const [sub, ewms_role] of Object.entries({
    ada: "user",
    ben: "user",
    carol: "user",
    olga: "operator",
    tms: "system-tms",
  }))
    tokens.set(sub, await idp.signToken({ sub, ewms_role }));
  scenario = await startServiceScenario(
    { AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms" },
    { tokens: { user: tokens.get("ada") ?? "", tms: tokens.get("tms") ?? "" } },
  );
});
afterAll(async () => {
  await scenario.close();
  await idp.stop();
});

const runAs = (person: string, args: string[], options: StartOptions = {}): Promise<ProcessResult> =>
  runCli(args, { ...options, env: { EWMS_URL: scenario.url, EWMS_TOKEN: tokens.get(person) ?? "", ...options.env } });

async function submit(person: string, name: string | undefined, changes: object = {}, ...options: string[]) {
  const input = workflowRequestJson({ cluster_locations: ["pool-39"], ...changes });
  const args = ["submit", "--quiet", "-", ...(name === undefined ? [] : ["--name", name]), ...options];
  const { stdout, stderr } = await runAs(person, args, { input });
  expect(stderr).toBe("");
  return stdout.trim();
}

const linesOf = (text: string): string[] => stripVTControlCharacters(text).trimEnd().split("\n");
/** The ids in the lines below the heads. */
const idsIn = ({ stdout }: ProcessResult): string[] =>
  linesOf(stdout)
    .slice(1)
    .map((line) => /WF-\S+/.exec(line)?.[0] ?? line);

/** The ids that `ls --json` prints. */
const idsOf = async (person: string, ...args: string[]): Promise<string[]> =>
  (await runAs(person, ["ls", "--json", ...args])).stdout
    .split("\n")
    .flatMap((line) => (line === "" ? [] : (JSON.parse(line) as { workflow_id: string }).workflow_id));

describe("ls", () => {
  let oldest: string;
  let ofBen: string;
  let aborted: string;
  let newest: string;
  beforeAll(async () => {
    oldest = await submit("ada", "Cascades in IC86", { cluster_locations: ["pool-38"] }, "--label", "season=IC86");
    ofBen = await submit("ben", "Cascades of Ben", {}, "--label", "season=IC86");
    aborted = await submit("ada", "Tracks");
    await runAs("ada", ["abort", "--yes", aborted]);
    newest = await submit("ada", undefined, { task_image: "/cvmfs/other:v2" });
  });

  test("lists the caller's active workflows, the newest first", async () => {
    const listed = await runAs("ada", ["ls"]);
    expect(linesOf(listed.stdout)[0]).toMatch(/^NAME +WORKFLOW +CREATED +ERRORS +STATE$/);
    expect(linesOf(listed.stdout)[2]).toMatch(
      new RegExp(`^Cascades in IC86 +${oldest} +\\d+ s ago +- +(waiting|needs attention: .+)$`),
    );
    expect(linesOf(listed.stdout)[1]).toMatch(new RegExp(`^- +${newest} `));
    expect(idsIn(listed)).toEqual([newest, oldest]);
  });

  test("on a terminal prints the newest last, next to the prompt", async () => {
    expect(idsIn(await runAs("ada", ["ls"], { columns: 120 }))).toEqual([oldest, newest]);
    expect((await runAs("ada", ["ls", "--help"])).stdout).toContain(
      "In a pipe the newest comes first. On a terminal it is the last line, next to the prompt.",
    );
  });

  test("selects by owner, state, label, time, place, image and words", async () => {
    expect(await idsOf("ada", "--everyone")).toEqual([newest, ofBen, oldest]);
    expect(await idsOf("ben")).toEqual([ofBen]);
    expect(await idsOf("olga", "--owner", "ada")).toEqual([newest, oldest]);
    expect(await idsOf("olga", "--mine")).toEqual([]);
    expect(await idsOf("ada", "--all")).toEqual([newest, aborted, oldest]);
    expect(await idsOf("ada", "--state", "aborted")).toEqual([aborted]);
    expect(await idsOf("ada", "--everyone", "--label", "season=IC86")).toEqual([ofBen, oldest]);
    expect(await idsOf("ada", "--label", "season=IC86", "--label", "mc=1")).toEqual([]);
    expect(await idsOf("ada", "--since", "1h")).toEqual([newest, oldest]);
    expect(await idsOf("ada", "--until", "2020-01-01")).toEqual([]);
    expect(await idsOf("ada", "--location", "pool-38")).toEqual([oldest]);
    expect(await idsOf("ada", "--schedd", "access-point-39")).toEqual([newest]);
    expect(await idsOf("ada", "--image", "/cvmfs/other:v2")).toEqual([newest]);
    expect(await idsOf("ada", "--everyone", "cascades", "ben")).toEqual([ofBen]);
    expect(await idsOf("ada", "--all", "--limit", "2")).toEqual([newest, aborted]);
  });

  test("shows workers, errors and what needs attention", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, workflowId } = await scenario.createRunning(at);
    const send = (compound: object, errors: object) =>
      fetch(`${scenario.url}/v1/tms/statuses/taskforces`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokens.get("tms")}`, "content-type": "application/json" },
        body: JSON.stringify({
          compound_statuses_by_taskforce: { [uuid]: compound },
          top_task_errors_by_taskforce: { [uuid]: errors },
        }),
      });
    const row = async () => linesOf((await runAs("ada", ["ls", workflowId])).stdout)[1] ?? "";
    await send({ RUNNING: { Tasking: 1 } }, { "disk full": 3 });
    await waitForValue("running", row, (line) => / 3 {7}running 1 of 1$/.test(line));
    await waitForValue(
      "its workers and its change come first",
      async () => [await idsOf("ada", "--sort", "workers"), await idsOf("ada", "--sort", "change")],
      (orders) => orders.every(([first]) => first === workflowId),
    );
    await send({ "HELD: no memory": { null: 1 } }, { "disk full": 3 });
    await waitForValue("held", row, (line) => / needs attention: .*held.*no memory/i.test(line));
    await waitForValue(
      "it needs attention, and is the most urgent one",
      async () => [await idsOf("ada", "--state", "needs-attention"), await idsOf("ada", "--sort", "severity")],
      (lists) => lists.every(([first]) => first === workflowId),
    );
    await runAs("ada", ["finish", "--yes", workflowId]);
  });

  test.each([80, 120])("fits into %i columns, with complete ids", async (columns) => {
    const name = `${"Reconstruction of ".repeat(4)} 宇宙線`;
    const id = await submit("ada", name, { cluster_locations: ["pool-38"] });
    const { stdout } = await runAs("ada", ["ls", "--all"], { columns });
    const shown = linesOf(stdout);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(shown.at(-1)).toMatch(new RegExp(`^Reconstruction.*… +${id} +\\d+ s ago `));
    expect(shown.filter((line) => / (aborted|waiting|finished|needs attention: .*)$/.test(line))).toHaveLength(
      shown.length - 1,
    );
    await runAs("ada", ["abort", "--yes", id]);
  });

  test("on a terminal shows 20 rows, and how to get more", async () => {
    for (let n = 0; n < 21; n++) await submit("carol", `of Carol ${n}`);
    const { stdout } = await runAs("carol", ["ls"], { columns: 100 });
    const [more, , ...rows] = linesOf(stdout);
    expect(more).toBe("The first 20 by created, the first one last; more: --limit 100");
    expect(rows).toHaveLength(20);
    expect(rows.at(-1)).toMatch(/^of Carol 20 /);
    expect(linesOf((await runAs("carol", ["ls"])).stdout)).toHaveLength(22);
  });

  test.each<[string[], string]>([
    [["nothing-like-this"], "You have no active workflow with these words and options: ewms ls --all includes"],
    [["--state", "ended"], "You have no active workflow whose taskforces have all ended: ewms ls --all includes"],
    [
      ["--all", "--everyone", "--image", "/none"],
      "There is no workflow with these words and options: give fewer words",
    ],
  ])("without a result says what to do: %j", async (args, sentence) => {
    const { stdout, code } = await runAs("ada", ["ls", ...args]);
    expect(stdout).toContain(sentence);
    expect(linesOf(stdout)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test.each<[string[], string]>([
    [["--watch"], "--watch needs a terminal"],
    [["--mine", "--everyone"], "cannot be used with option"],
    [["--all", "--state", "aborted"], "cannot be used with option"],
    [["--state", "lost"], "Allowed choices are active"],
    [["--since", "yesterday"], "since: expected a date"],
    [["--location", "nowhere"], "location: "],
  ])("refuses %j", async (args, message) => {
    const { code, stderr, stdout } = await runAs("ada", ["ls", ...args]);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

test("ls without a token lists everyone's, reads pages of 100 and with --limit no further page", async () => {
  const open = await startServiceScenario();
  try {
    const proxy = await startFaultyProxy(open.url);
    const ids: string[] = [];
    for (let n = 0; n < 101; n++) {
      const response = await fetch(`${open.url}/v1/workflows`, {
        method: "POST",
        headers: { "ewms-name": `one of many ${n}` },
        body: workflowRequestJson({ cluster_locations: ["pool-1"] }),
      });
      ids.push(((await response.json()) as { workflow: { workflow_id: string } }).workflow.workflow_id);
    }
    const run = (...args: string[]) => runCli(["ls", ...args], { env: { EWMS_URL: proxy.url } });
    expect(idsIn(await run())).toEqual(ids.toReversed());
    expect(proxy.forwardedRequests).toHaveLength(2);
    expect(proxy.forwardedRequests[0]).not.toContain("owner");
    expect(idsIn(await run("--limit", "2"))).toEqual(ids.slice(-2).toReversed());
    expect(proxy.forwardedRequests).toHaveLength(3);
  } finally {
    await open.close();
  }
});
