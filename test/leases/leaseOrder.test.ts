import { expect, it } from "vitest";
import { startServiceScenario } from "../scenarios/serviceScenario.js";

it("a single poller gets the higher priority first, and among equals who waits longest", async () => {
  const story = await startServiceScenario();
  try {
    const at = story.nextAccessPoint();
    const priorities = [50, 10, 100, 50, 0, 75, 10, 100, 50, 250];
    const waiting = [];
    for (const priority of priorities) waiting.push(await story.createPending(at, { priority }));
    await story.waitForLaunches();

    const order: string[] = [];
    for (let next = await at.createTms.leaseStarter(); next; next = await at.createTms.leaseStarter())
      order.push(next.taskforce.taskforce_uuid);

    // Sorting is stable: equals stay in the order in which they began to wait.
    const expected = waiting.sort((a, b) => b.priority - a.priority);
    expect(order).toEqual(expected.map(({ taskforce_uuid }) => taskforce_uuid));
  } finally {
    await story.close();
  }
});
