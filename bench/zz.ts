import { workflowRequest } from "./prepare.js";
import { LOCATIONS, CLUSTER_LOCATIONS } from "./population.js";
import { parseBody } from "../src/api/body.js";
import { validate } from "../src/api/validation.js";
import { createWorkflowSchema } from "../src/domain/requests.js";
import { newTaskforce } from "../src/lifecycle/create.js";
import * as create from "../src/lifecycle/create.js";
import { entriesBehind } from "../src/store/creation.js";
import { indexesOf, enterIndexes } from "../src/store/entries.js";
import { onSite } from "./site.js";
import { monitorEventLoopDelay } from "node:perf_hooks";
const t = async <T>(name: string, f: () => T | Promise<T>) => { const c = process.cpuUsage(); const r = await f(); const d = process.cpuUsage(c); console.log(name, Math.round((d.user + d.system) / 1000), "ms cpu"); return r; };
await onSite({ CLUSTER_LOCATIONS }, async ({ wms }) => {
 for (let i = 0; i < 2; i++) {
  const bytes = Buffer.from(JSON.stringify(workflowRequest(4000, LOCATIONS)));
  const body = await t("parseBody", () => parseBody(bytes, 1e6));
  const req = await t("validate", () => validate(createWorkflowSchema, body));
  const loop = monitorEventLoopDelay({ resolution: 1 }); loop.enable();
  const whole = await t("createWorkflow", () => create.createWorkflow(wms, req));
  loop.disable(); console.log("loop max in createWorkflow", loop.max / 1e6);
  await t("entriesBehind", () => { entriesBehind(whole); });
  const text = await t("stringify", () => JSON.stringify(whole));
  await t("Buffer.from", () => Buffer.from(text));
  console.log(text.length / 1e6, "MB");
 }
 return true;
});
