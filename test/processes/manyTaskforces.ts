import type { Taskforce } from "../../src/domain/taskforce.js";
import { makeTaskRequestAt, type ServiceScenario } from "../scenarios/serviceScenario.js";

/** The access points where {@link createTaskforces} has its taskforces run. */
export const TEST_SCHEDDS = ["ap-north", "ap-east", "ap-south", "ap-west"];
const LOCATIONS = TEST_SCHEDDS.map((schedd) => `at-${schedd}`);
const TASKS_PER_WORKFLOW = 20;
/** Taskforces of each workflow. */
export const TASKFORCES_PER_WORKFLOW = TASKS_PER_WORKFLOW * TEST_SCHEDDS.length;

/** For the setting of that name. */
export const CLUSTER_LOCATIONS = JSON.stringify(
  Object.fromEntries(TEST_SCHEDDS.map((schedd, n) => [LOCATIONS[n], { schedd }])),
);

/** Creates workflows of mixed priorities at several services in turn. @returns their taskforces */
export async function createTaskforces(users: readonly ServiceScenario[], workflows: number): Promise<string[]> {
  const uuids: string[] = [];
  for (let workflow = 0; workflow < workflows; workflow++) {
    const tasks = Array.from({ length: TASKS_PER_WORKFLOW }, (_, n) =>
      makeTaskRequestAt(LOCATIONS, { task_args: `part ${n}` }),
    );
    const user = users[workflow % users.length] as ServiceScenario;
    const { taskforces } = await user.submitWorkflow(tasks, { priority: (workflow * 37) % 101 });
    uuids.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }
  return uuids;
}

/** Everything that a query finds, with a few fields. */
export async function findTaskforces<F extends keyof Taskforce>(
  user: ServiceScenario,
  query: object,
  projection: F[],
): Promise<Pick<Taskforce, F>[]> {
  const found: Pick<Taskforce, F>[] = [];
  let after: string | null = null;
  do {
    const page: { body: { taskforces: Pick<Taskforce, F>[]; next_after: string | null } } = await user.request(
      "POST",
      "/v1/query/taskforces",
      {
        query,
        projection,
        ...(after !== null && { after }),
      },
    );
    found.push(...page.body.taskforces);
    after = page.body.next_after;
  } while (after !== null);
  return found;
}
