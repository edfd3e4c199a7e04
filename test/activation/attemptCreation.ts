import { type Answer, api } from "../api/conformanceClient.js";
import { task, workflowOf } from "../api/requestBodies.js";
import type { ActivationStory } from "./activationScenario.js";

/**
 * Asks for a workflow with queues.
 *
 * @returns the answer, and then every workflow, directive and taskforce that the service has
 */
export async function tryToCreate({
  story,
  places,
}: ActivationStory): Promise<{ answer: Answer<unknown>; stored: unknown[] }> {
  const client = await api(story.url);
  const everything = async (kind: "workflows" | "task_directives" | "taskforces") => {
    const { body } = await client.post(`/v1/query/${kind.replace("_", "-")}`, { query: {} });
    return body[kind] as unknown[];
  };
  try {
    const request = workflowOf([task(places[0]?.location ?? "", { input_queue_aliases: ["in"] })]);
    const answer = await client.post<unknown>("/v1/workflows", request);
    const stored = [
      ...(await everything("workflows")),
      ...(await everything("task_directives")),
      ...(await everything("taskforces")),
    ];
    return { answer, stored };
  } finally {
    client.close();
  }
}
