import { afterAll, beforeAll, expect, test } from "vitest";
import { LAST_POLLS_KEY } from "../../src/store/keys.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService, type TestService } from "../setup/testService.js";
import type { ProcessResult } from "./cliProcess.js";
import { runCli } from "./runCli.js";

const CLUSTERS = {
  osg: { schedd: "grid" },
  OSG: { alias_of: "osg" },
  alpha: { schedd: "SCHEDD1" },
  beta: { schedd: "SCHEDD2" },
};

let service: TestService;
let run: (...args: string[]) => Promise<ProcessResult>;
beforeAll(async () => {
  service = await startTestService({ CLUSTER_LOCATIONS: JSON.stringify(CLUSTERS) });
  run = (...args) => runCli(args, { env: { EWMS_URL: service.url } });
  const redis = openRedis(service.redisUrl);
  await redis.zadd(LAST_POLLS_KEY, Date.now() / 1000 - 12, "grid", 1_795_539_865.9, "SCHEDD1");
  redis.disconnect();
});
afterAll(() => service.close());

test("locations shows schedd, alias and the last poll of each location", async () => {
  const { stdout, code } = await run("locations");
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^LOCATION +SCHEDD +ALIAS OF +TMS$/);
  expect(lines[1]).toMatch(/^OSG +grid +osg +polls, last \d+ s ago$/);
  expect(lines[2]).toMatch(/^alpha +SCHEDD1 +- +silent since 2026-11-24T17:04:25Z$/);
  expect(lines[3]).toMatch(/^beta +SCHEDD2 +- +never polled$/);
  expect(lines[4]).toMatch(/^osg +grid +- +polls, last \d+ s ago$/);
  expect(lines).toHaveLength(5);
});

test("locations --json prints one object per location and line", async () => {
  const { stdout } = await run("locations", "--json");
  const { locations } = (await (await fetch(`${service.url}/v1/locations`)).json()) as { locations: object[] };
  expect(locations).toHaveLength(4);
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(locations);
});

test("locations of an unreachable service exits with 5", async () => {
  expect(await run("locations", "--url", "http://127.0.0.1:9", "--patience", "0")).toMatchObject({
    code: 5,
    stdout: "",
  });
});

test("add-workers to an unknown location names the valid ones", async () => {
  const { stderr, code } = await run("add-workers", "TK-1-00000000-00000000", "--location", "nowhere");
  expect(stderr).toBe(
    "ewms: cluster_location: condor cluster location not found: nowhere; valid: OSG, alpha, beta, osg\n",
  );
  expect(code).toBe(2);
});
