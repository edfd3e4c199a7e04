import { test } from "vitest";
import { expectStoryToGoOn } from "./importedStory.js";

test("a service on 100,000 imported taskforces goes on with every life, and hands each taskforce out once", async () => {
  await expectStoryToGoOn({ pending: 4, running: 160, stopping: 4, waiting: 4, ended: 28, taskforces: 500 });
}, 600_000);
