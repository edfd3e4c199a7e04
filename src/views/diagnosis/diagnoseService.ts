import { nextEpochSeconds } from "../../domain/clock.js";
import { type Diagnosis, toDiagnosis } from "../../domain/diagnosis.js";
import { notFound } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import { listUnknownPolls, readLastPolls } from "../schedds/readSchedds.js";
import { hideDetails } from "../system/hideDetails.js";
import { readSystem } from "../system/readSystem.js";
import { findInService, type ServiceFacts } from "./serviceFindings.js";

/**
 * Diagnoses the service and all schedds. The cost grows with the number of schedds.
 *
 * @param isOperator whether the caller may see the errors of upstream services
 */
export async function diagnoseService(wms: Wms, isOperator: boolean): Promise<Diagnosis> {
  const facts = await readServiceFacts(wms);
  return toDiagnosis(findInService(isOperator ? facts : { ...facts, system: hideDetails(facts.system) }));
}

/** Diagnoses one schedd. @throws WmsError `not-found` */
export async function diagnoseSchedd(wms: Wms, schedd: string): Promise<Diagnosis> {
  const facts = await readServiceFacts(wms);
  if (wms.queues.findSchedd(schedd) === undefined) throw notFound(`no schedd found with name: ${schedd}`);
  return toDiagnosis(findInService(facts).filter(({ subject }) => subject.kind === "schedd" && subject.id === schedd));
}

/** Reads what the diagnosis of the service is made from. */
export async function readServiceFacts(wms: Wms): Promise<ServiceFacts> {
  const [system, polls, unknownPolls, strayClusters] = await Promise.all([
    readSystem(wms),
    readLastPolls(wms),
    listUnknownPolls(wms),
    wms.store.strayClusters.readAll(),
  ]);
  const { clusters } = wms.settings;
  return { nowSeconds: nextEpochSeconds(), clusters, system, polls, unknownPolls, strayClusters };
}
