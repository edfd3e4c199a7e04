import { expect, test } from "vitest";
import { recordPoll } from "../../../src/lifecycle/polls.js";
import { readLastPolls } from "../../../src/views/schedds/readSchedds.js";
import { openTestWms } from "../../lifecycle/openTestWms.js";

test("a poll is visible while it is being saved", async () => {
  const { wms } = await openTestWms(1);
  recordPoll(wms, "ap");
  const reading = readLastPolls(wms);
  await wms.debouncers.polls.close();
  expect((await reading).has("ap")).toBe(true);
});
