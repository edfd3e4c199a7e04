import { expect, test } from "vitest";
import { recordPoll } from "../../../src/lifecycle/polls.js";
import { UNKNOWN_POLLS_KEY } from "../../../src/store/keys.js";
import { listSchedds, listUnknownPolls } from "../../../src/views/schedds/readSchedds.js";
import { countCommands } from "../../implementation/countCommands.js";
import { openTestWms } from "../../lifecycle/openTestWms.js";

test("polls for an unknown schedd are listed with the first and the last one, before and after they are saved", async () => {
  const { wms } = await openTestWms(1);
  const before = Date.now() / 1000;
  recordPoll(wms, "ap.exmaple.org");
  const [unsaved] = await listUnknownPolls(wms);
  expect(unsaved).toMatchObject({ schedd: "ap.exmaple.org", first_poll: unsaved?.last_poll });
  expect(Math.abs(Number(unsaved?.first_poll) - before)).toBeLessThan(60);

  await wms.store.unknownPolls.save([{ schedd: "ap.exmaple.org", first_poll: before - 60, last_poll: before - 30 }]);
  await wms.debouncers.unknownPolls.close();
  const merged = { schedd: "ap.exmaple.org", first_poll: before - 60, last_poll: unsaved?.last_poll };
  expect(await listUnknownPolls(wms)).toEqual([merged]);
  expect((await listSchedds(wms)).map(({ schedd }) => schedd)).not.toContain("ap.exmaple.org");
});

test("a schedd that becomes known leaves the list", async () => {
  const { wms } = await openTestWms(1);
  recordPoll(wms, "late");
  expect(await listUnknownPolls(wms)).toHaveLength(1);
  wms.queues.ensureSchedds(["late"]);
  expect(await listUnknownPolls(wms)).toEqual([]);
});

test.each([
  ["a control character", "ap\u0007"],
  ["a newline", "ap\nap"],
  ["256 characters", "x".repeat(256)],
])("a name with %s is not kept", async (_, name) => {
  const { wms } = await openTestWms(1);
  recordPoll(wms, name);
  expect(await listUnknownPolls(wms)).toEqual([]);
});

test("of more than 100 names, those polled last are kept, in memory and in Redis", async () => {
  const { wms } = await openTestWms(1);
  const now = Date.now() / 1000;
  await wms.store.unknownPolls.save([
    { schedd: "old", first_poll: now - 200, last_poll: now - 100 },
    { schedd: "polling", first_poll: now - 200, last_poll: now - 50 },
  ]);
  const sentCommands = countCommands(wms.store.redis);
  for (let n = 0; n < 1000; n++) {
    recordPoll(wms, `invented-${n}`);
    recordPoll(wms, "polling");
  }
  expect(wms.debouncers.unknownPolls.get("all")?.size).toBe(100);
  await wms.debouncers.unknownPolls.close();
  expect(sentCommands()).toBeLessThanOrEqual(2);
  const polls = await listUnknownPolls(wms);
  expect(polls).toHaveLength(100);
  expect(await wms.store.redis.hlen(UNKNOWN_POLLS_KEY)).toBe(100);
  expect(polls.find(({ schedd }) => schedd === "polling")?.first_poll).toBe(now - 200);
  const names = polls.map(({ schedd }) => schedd);
  expect(names).toContain("invented-999");
  expect(names).not.toContain("old");
});

test("a name is forgotten a day after its last poll", async () => {
  const { wms } = await openTestWms(1);
  const now = Date.now() / 1000;
  const day = 86_400;
  await wms.store.unknownPolls.save([
    { schedd: "gone", first_poll: now - 3 * day, last_poll: now - day - 60 },
    { schedd: "recent", first_poll: now - 3 * day, last_poll: now - day + 600 },
  ]);
  expect((await listUnknownPolls(wms)).map(({ schedd }) => schedd)).toEqual(["recent"]);
  await wms.store.unknownPolls.save([{ schedd: "new", first_poll: now, last_poll: now }]);
  expect((await wms.store.redis.hkeys(UNKNOWN_POLLS_KEY)).sort()).toEqual(["new", "recent"]);
  expect(await wms.store.redis.ttl(UNKNOWN_POLLS_KEY)).toBeGreaterThan(day - 60);
});
