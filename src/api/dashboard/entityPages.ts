import { type RequestHandler, Router } from "express";
import { hideSecrets } from "../../domain/hideSecrets.js";
import { isTaskforceUuid } from "../../domain/ids.js";
import type { Taskforce } from "../../domain/taskforce.js";
import type { Workflow } from "../../domain/workflow.js";
import type { Wms } from "../../lifecycle/context.js";
import { entityNotFound } from "../../lifecycle/entityNotFound.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";
import { taskforceJson, workflowJson } from "../../store/documents.js";
import { entityLinkOf } from "./operatorPaths.js";

/**
 * Serves taskforces and workflows as JSON to an operator's browser, which has no token for the API. Fields that may hold
 * secrets are left out: the environments and the submit dictionary.
 *
 * @param basePath path of the service behind a reverse proxy, without a slash at the end; empty: it has none
 */
export function entityPages(wms: Wms, basePath: string): Router {
  const pages = Router();
  pages.get("/taskforces/:id", sendAsJson(taskforcePage(wms, basePath)));
  pages.get("/workflows/:id", sendAsJson(workflowPage(wms, basePath)));
  return pages;
}

const sendAsJson =
  (page: (id: string) => Promise<object>): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const shown = hideSecrets(await page(params.id));
    response.type("json").send(`${JSON.stringify(shown, undefined, 2)}\n`);
  };

const taskforcePage = (wms: Wms, basePath: string) => async (uuid: string) => {
  const record = isTaskforceUuid(uuid) ? await wms.store.fetch("taskforce", uuid) : undefined;
  if (record === undefined) throw await entityNotFound(wms, "taskforce", uuid);
  const { submit_dict: _, pilot_config, ...shown } = JSON.parse(taskforceJson(record)) as Taskforce;
  const { environment: __, ...pilot } = pilot_config;
  return {
    ...shown,
    pilot_config: pilot,
    failed_submits: record.submit_failures ?? 0,
    failed_removals: record.remove_failures ?? 0,
    workflow_page: entityLinkOf(basePath, shown.workflow_id)?.href,
  };
};

const workflowPage = (wms: Wms, basePath: string) => async (text: string) => {
  const { id, record } = await requireWorkflow(wms, text);
  const [summary, uuids] = await Promise.all([wms.store.summaries.fetch(id), wms.store.indexes.taskforcesOf(id)]);
  return {
    ...(JSON.parse(workflowJson(record)) as Workflow),
    message_queues: record.n_queues,
    message_queues_active: record.mq_activated !== undefined,
    summary,
    taskforce_pages: uuids.map((uuid) => entityLinkOf(basePath, uuid)?.href),
  };
};
