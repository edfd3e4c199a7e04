import { test } from "vitest";
import { expectStoryToGoOn } from "./importedStory.js";

test("a service on an imported population goes on with every life, and hands each taskforce out once", async () => {
  await expectStoryToGoOn({ pending: 30, running: 30, stopping: 30, waiting: 30, ended: 30, taskforces: 1 });
});
