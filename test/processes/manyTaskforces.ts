import type { Taskforce } from "../../src/domain/taskforce.js";
import { type Story, task } from "../scenarios/serviceScenario.js";

/** The access points where {@link createTaskforces} has its taskforces run. */
export const SCHEDDS = ["ap-north", "ap-east", "ap-south", "ap-west"];
const LOCATIONS = SCHEDDS.map((schedd) => `at-${schedd}`);
const TASKS = 20;
/** Taskforces of each workflow. */
export const TASKFORCES = TASKS * SCHEDDS.length;

/** For the setting of that name. */
export const CLUSTER_LOCATIONS = JSON.stringify(
  Object.fromEntries(SCHEDDS.map((schedd, n) => [LOCATIONS[n], { schedd }])),
);

/** Creates workflows of mixed priorities at several services in turn. @returns their taskforces */
export async function createTaskforces(users: readonly Story[], workflows: number): Promise<string[]> {
  const uuids: string[] = [];
  for (let workflow = 0; workflow < workflows; workflow++) {
    const tasks = Array.from({ length: TASKS }, (_, n) => task(LOCATIONS, { task_args: `part ${n}` }));
    const user = users[workflow % users.length] as Story;
    const { taskforces } = await user.submitWorkflow(tasks, { priority: (workflow * 37) % 101 });
    uuids.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }
  return uuids;
}

/** Everything that a query finds, with a few fields. */
export async function findTaskforces<F extends keyof Taskforce>(
  user: Story,
  query: object,
  projection: F[],
): Promise<Pick<Taskforce, F>[]> {
  const found: Pick<Taskforce, F>[] = [];
  let after: string | null = null;
  do {
    const page: { body: { taskforces: Pick<Taskforce, F>[]; next_after: string | null } } = await user.call(
      "POST",
      "/v1/query/taskforces",
      { query, projection, ...(after !== null && { after }) },
    );
    found.push(...page.body.taskforces);
    after = page.body.next_after;
  } while (after !== null);
  return found;
}
