import { type CheckedResponse, createConformanceClient } from "../api/conformanceClient.js";
import { makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import type { ActivationScenario } from "./activationScenario.js";

/**
 * Requests a workflow with queues.
 *
 * @returns the response, and all workflows, directives and taskforces of the service after it
 */
export async function attemptCreation({
  scenario,
  accessPoints,
}: ActivationScenario): Promise<{ response: CheckedResponse<unknown>; stored: unknown[] }> {
  const client = await createConformanceClient(scenario.url);
  const everything = async (kind: "workflows" | "task_directives" | "taskforces") => {
    const { body } = await client.post(`/v1/query/${kind.replace("_", "-")}`, { query: {} });
    return body[kind] as unknown[];
  };
  try {
    const request = makeWorkflowRequest([
      makeTaskRequest(accessPoints[0]?.location ?? "", { input_queue_aliases: ["in"] }),
    ]);
    const response = await client.post<unknown>("/v1/workflows", request);
    const stored = [
      ...(await everything("workflows")),
      ...(await everything("task_directives")),
      ...(await everything("taskforces")),
    ];
    return { response, stored };
  } finally {
    client.close();
  }
}
