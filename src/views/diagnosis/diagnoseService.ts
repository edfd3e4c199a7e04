import { nextEpochSeconds } from "../../domain/clock.js";
import { type Diagnosis, toDiagnosis } from "../../domain/diagnosis.js";
import { notFound } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import { listUnknownPolls, readLastPolls, refreshKnownSchedds } from "../schedds/readSchedds.js";
import { hideDetails } from "../system/hideDetails.js";
import { readScheddQueues, readSystem } from "../system/readSystem.js";
import { findInSchedd, findInService, type ScheddSurroundings, type ServiceFacts } from "./serviceFindings.js";

/**
 * Diagnoses the service and all schedds. The cost grows with the number of schedds.
 *
 * @param seesOperatorDetails whether the caller may see the errors of upstream services
 */
export async function diagnoseService(wms: Wms, seesOperatorDetails: boolean): Promise<Diagnosis> {
  const facts = await readServiceFacts(wms);
  return toDiagnosis(findInService(seesOperatorDetails ? facts : { ...facts, system: hideDetails(facts.system) }));
}

/** Diagnoses one schedd, without a read of the others. @throws WmsError `not-found` */
export async function diagnoseSchedd(wms: Wms, schedd: string): Promise<Diagnosis> {
  await refreshKnownSchedds(wms);
  const both = wms.queues.findSchedd(schedd);
  if (both === undefined) throw notFound(`no schedd found with name: ${schedd}`);
  const [queues, surroundings] = await Promise.all([readScheddQueues(wms, schedd, both), readSurroundings(wms)]);
  return toDiagnosis(findInSchedd(schedd, queues, surroundings));
}

/** Reads what the diagnosis of the service is made from. */
export async function readServiceFacts(wms: Wms): Promise<ServiceFacts> {
  const [system, surroundings] = await Promise.all([readSystem(wms), readSurroundings(wms)]);
  return { ...surroundings, system };
}

async function readSurroundings(wms: Wms): Promise<ScheddSurroundings> {
  const [polls, unknownPolls, strayClusters] = await Promise.all([
    readLastPolls(wms),
    listUnknownPolls(wms),
    wms.store.strayClusters.readAll(),
  ]);
  return { nowSeconds: nextEpochSeconds(), clusters: wms.settings.clusters, polls, unknownPolls, strayClusters };
}
