import { expect, it } from "vitest";
import { startStory } from "../scenarios/serviceScenario.js";

it("a single poller gets the higher priority first, and among equals who waits longest", async () => {
  const story = await startStory();
  try {
    const at = story.accessPoint();
    const priorities = [50, 10, 100, 50, 0, 75, 10, 100, 50, 250];
    const waiting = [];
    for (const priority of priorities) waiting.push(await story.pending(at, { priority }));
    await story.launchesSettle();

    const order: string[] = [];
    for (let next = await at.tms.takeStarter(); next; next = await at.tms.takeStarter())
      order.push(next.taskforce.taskforce_uuid);

    // Sorting is stable: equals stay in the order in which they began to wait.
    const expected = waiting.sort((a, b) => b.priority - a.priority);
    expect(order).toEqual(expected.map(({ taskforce_uuid }) => taskforce_uuid));
  } finally {
    await story.close();
  }
});
