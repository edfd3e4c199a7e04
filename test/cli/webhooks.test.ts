import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { Receiver } from "../webhooks/receiver.js";
import type { ProcessResult } from "./cliProcess.js";
import { runCli } from "./runCli.js";

let service: TestService;
let receiver: Receiver;
let run: (...args: string[]) => Promise<ProcessResult>;
beforeAll(async () => {
  service = await startTestService({ WEBHOOK_ALLOW_PRIVATE: "true" });
  receiver = await Receiver.start();
  run = (...args) => runCli(args, { env: { EWMS_URL: service.url } });
});
afterAll(async () => {
  await receiver.stop();
  await service.close();
});

test("a webhook is added, listed, tested, shown and removed", async () => {
  expect((await run("webhooks")).stdout).toBe("There are no webhooks.\n");
  const added = await run("webhooks", "add", receiver.url, "--event", "completed", "--label", "season=IC86");
  expect(added.code).toBe(0);
  const [id = "", secret = ""] = added.stdout.split("\n");
  expect(id).toMatch(/^WH-[0-9a-f]{16}$/);
  expect(secret).toMatch(/^Secret: [\w-]{43}$/);

  const [head, line] = (await run("webhooks")).stdout.split("\n");
  expect(head).toMatch(/^WEBHOOK +WORKFLOWS +EVENTS +ADDRESS$/);
  expect(line?.split(/ {2,}/)).toEqual([id, "label season=IC86", "completed", receiver.url]);

  expect((await run("webhooks", "show", id)).stdout).toContain("It was not called yet.");
  expect((await run("webhooks", "test", id)).stdout).toMatch(
    new RegExp(`^WD-[0-9a-f]{32} will be sent; ewms webhooks show ${id} shows the outcome.\n$`),
  );
  const { stdout } = await waitForValue(
    "the outcome",
    () => run("webhooks", "show", id),
    (shown) => shown.stdout.includes("HTTP 204"),
  );
  expect(stdout).toMatch(/^TIME +EVENT +WORKFLOW +ATTEMPT +OUTCOME$/m);
  expect(stdout).toMatch(/ping +- +1 +HTTP 204/);

  expect((await run("webhooks", "remove", id)).stdout).toBe(`${id} is removed.\n`);
  expect(await run("webhooks", "remove", id)).toMatchObject({
    code: 3,
    stderr: `ewms: no webhook found with id: ${id}\n`,
  });
});

test("without options, a webhook is for all events of the own workflows", async () => {
  const { stdout } = await run("webhooks", "add", receiver.url, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    scope: { owner: "anonymous" },
    events: ["needs-attention", "completed", "deactivated", "dead-letter"],
  });
  const listed = (await run("webhooks", "--json")).stdout;
  expect(JSON.parse(listed)).not.toHaveProperty("secret");
});

test.each([
  [["add"], "webhooks add needs an address"],
  [["test"], "webhooks test needs an id, WH-…"],
  [["show", "WH-1", "--all"], "--event, --label, --all and --description belong to webhooks add"],
  [["add", "http://127.0.0.1:1/", "--all", "--label", "a=b"], "--label and --all exclude each other"],
  [["add", "ftp://127.0.0.1:1/"], "url: is not an http(s) address"],
])("webhooks %j is an invalid command", async (args, error) => {
  expect(await run("webhooks", ...args)).toMatchObject({ code: 2, stderr: `ewms: ${error}\n` });
});

test("only operators add one for all workflows", async () => {
  expect(await run("webhooks", "add", receiver.url, "--all")).toMatchObject({
    code: 4,
    stderr:
      "ewms: scope.all: only operators may register a webhook for all workflows: ask the operator of the service for the role\n",
  });
});
