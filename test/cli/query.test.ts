import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFaultyProxy } from "../client/faultyProxy.js";
import {
  inOrderOfCreation,
  makeTaskRequestAt,
  type ServiceScenario,
  startServiceScenario,
} from "../scenarios/serviceScenario.js";
import { type ProcessResult, startCli } from "./cliProcess.js";
import { runCli } from "./runCli.js";

/** Looks at two entities for a page, so that a query without an index has empty pages. */
let scenario: ServiceScenario;
let uuids: string[];
let run: (...args: string[]) => Promise<ProcessResult>;
beforeAll(async () => {
  scenario = await startServiceScenario({ QUERY_MAX_SCAN: "2" });
  run = (...args) => runCli(args, { env: { EWMS_URL: scenario.url } });
  const first = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0", "pool-1"])]);
  const second = await scenario.submitWorkflow([makeTaskRequestAt(["pool-2", "pool-3"])]);
  const third = await scenario.submitWorkflow([makeTaskRequestAt(["pool-4"], { n_workers: 7 })]);
  const created = [first, second, third];
  uuids = inOrderOfCreation(created.flatMap(({ taskforces }) => taskforces));
});
afterAll(() => scenario.close());

const lines = (text: string): string[] => text.trimEnd().split("\n");
const SEVEN_WORKERS = ["taskforces", "--filter", '{"n_workers": 7}', "--fields", "taskforce_uuid", "--csv"];

describe("query", () => {
  test("follows empty pages to a match on the last page", async () => {
    const { stdout, stderr, code } = await run("query", ...SEVEN_WORKERS);
    expect(lines(stdout)).toEqual(["taskforce_uuid", uuids.at(-1)]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  test("with --newest prints the newest first, and with --limit reads no further page", async () => {
    const proxy = await startFaultyProxy(scenario.url);
    const query = (...more: string[]) =>
      runCli(["query", "taskforces", "--fields", "taskforce_uuid", "--csv", ...more], { env: { EWMS_URL: proxy.url } });
    const newest = uuids.toReversed();
    expect(lines((await query("--newest")).stdout).slice(1)).toEqual(newest);
    const read = proxy.forwardedRequests.length;
    expect(lines((await query("--newest", "--limit", "2")).stdout).slice(1)).toEqual(newest.slice(0, 2));
    expect(proxy.forwardedRequests.slice(read)).toEqual(["POST /v1/query/taskforces?order=newest"]);
  });

  test("with --explain explains each page on stderr", async () => {
    const { stdout, stderr, code } = await run("query", ...SEVEN_WORKERS, "--explain");
    const page = "index: none, all taskforces; looked at 2 taskforces, 0 matched; ";
    expect(lines(stderr)).toEqual([
      `page 1: ${page}the page reached the limit of entities to look at`,
      `page 2: ${page}the page reached the limit of entities to look at`,
      "page 3: index: none, all taskforces; looked at 1 taskforce, 1 matched; last page: the search is complete",
    ]);
    expect(lines(stdout)).toEqual(["taskforce_uuid", uuids.at(-1)]);
    expect(code).toBe(0);
  });

  test("with --explain names the index, and with --json explains in JSON", async () => {
    const schedd = ["query", "taskforces", "--explain", "--filter", '{"schedd": "access-point-4"}'];
    expect((await run(...schedd, "--table")).stderr).toBe(
      "page 1: index: schedd; looked at 1 taskforce, 1 matched; last page: the search is complete\n",
    );
    const plan = { indexes: ["schedd"], looked_at: 1, matched: 1, work: expect.any(Number), ended: "end" };
    const { stdout, stderr } = await run(...schedd, "--json");
    expect(JSON.parse(stderr)).toEqual({ page: 1, plan });
    expect(JSON.parse(stdout)).toMatchObject({ taskforce_uuid: uuids.at(-1) });
  });

  test.each(["--csv", "--table"])(
    "Ctrl-C ends the request, prints what was found, and exits with 130: %s",
    async (format) => {
      const proxy = await startFaultyProxy(scenario.url);
      proxy.setNextFates("passes", "held");
      const args = ["query", "taskforces", "--fields", "taskforce_uuid", format];
      const command = startCli(args, { env: { EWMS_URL: proxy.url } });
      await expect.poll(() => proxy.held.waiting, { timeout: 20_000 }).toBe(1);
      command.child.kill("SIGINT");
      const { code, stdout, stderr } = await command.result;
      expect(lines(stdout)).toEqual(["taskforce_uuid", ...uuids.slice(0, 2)]);
      expect({ code, stderr }).toEqual({ code: 130, stderr: "ewms: interrupted: the output is incomplete\n" });
      await expect.poll(() => proxy.held).toEqual({ waiting: 0, abandoned: 1 });
    },
  );

  test("Ctrl-C before the first page prints no results", async () => {
    const proxy = await startFaultyProxy(scenario.url);
    proxy.setNextFates("held");
    const command = startCli(["query", "taskforces", "--table"], { env: { EWMS_URL: proxy.url } });
    await expect.poll(() => proxy.held.waiting, { timeout: 20_000 }).toBe(1);
    command.child.kill("SIGINT");
    expect(await command.result).toMatchObject({ code: 130, stdout: "" });
  });
});
