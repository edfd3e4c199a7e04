import { Caller } from "./caller.js";
import { CLUSTER_LOCATIONS, Population } from "./population.js";
import { onSite } from "./site.js";
import { Workload } from "./workload.js";

await onSite({ CLUSTER_LOCATIONS, USER_QUERY_MAX_BYTES: "32768" }, async (site) => {
  const web = await site.start("web");
  const p = new Population(site.wms);
  await p.growTo(6000);
  console.log("grown");
  const c = new Caller(web.url, 1);
  const w = new Workload(c, p);
  await w.findLatePages().catch((e) => console.log(e));
  console.log("late");
  for (let i = 0; i < 5; i++) console.log(JSON.stringify(await w.once()));
  return true;
});
