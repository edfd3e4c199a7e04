import type { WorkflowDigest } from "../../domain/workflowDigest.js";
import type { Wms } from "../../lifecycle/context.js";
import { idOfMember } from "../../store/keys.js";
import { WorkMeter } from "../query/meter.js";
import { queryTurns } from "../query/turns.js";
import { findHinderedSchedds } from "../schedds/hinderedSchedds.js";
import { describeWorkflows } from "./describeWorkflows.js";
import { findWorkflows } from "./findWorkflows.js";
import { decodeListCursor, encodeListCursor } from "./listCursor.js";
import { type ListFilter, type ListParameters, toListFilter } from "./listFilter.js";
import { readSearchWords, type SearchWord, timesOfId } from "./searchWords.js";

/** Who asks for a list. */
export interface ListCaller {
  /** The subject of the token. */
  readonly subject: string;
  /** Searches of different callers take turns. */
  readonly key: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** A page of the list. */
export interface WorkflowList {
  readonly workflows: readonly WorkflowDigest[];
  /** Undefined at the end of the list. */
  readonly nextAfter: string | undefined;
  /** The search ended before the page was full, although more may match. */
  readonly isCutShort: boolean;
}

/** Lists workflows. @throws WmsError `invalid` for unusable parameters; the reason of the signal */
export async function listWorkflows(
  wms: Wms,
  parameters: ListParameters,
  { subject, key, signal }: ListCaller,
): Promise<WorkflowList> {
  const { sort: order, limit } = parameters;
  const cursor = decodeListCursor(order, parameters.after);
  const hindered = parameters.state === "needs-attention" ? await findHinderedSchedds(wms) : [];
  const filter = toListFilter(wms.settings.clusters, parameters, subject, hindered);
  const words = await readSearchWords(wms, parameters.q);
  const turn = queryTurns.turnOf(key);
  try {
    const meter = new WorkMeter({ signal, turn });
    const conditions = { filter: narrowTimes(filter, words), words };
    const { members, next, isCutShort } = await findWorkflows(wms.store, conditions, { order, cursor, limit, meter });
    return {
      workflows: await describeWorkflows(
        wms,
        members.map((member) => idOfMember("workflow", member)),
        meter,
      ),
      nextAfter: next && encodeListCursor(order, next),
      isCutShort,
    };
  } finally {
    turn.end();
  }
}

/** Restricts the creation times to those that ids among the words begin with. */
function narrowTimes(filter: ListFilter, words: readonly SearchWord[]): ListFilter {
  let { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
  for (const word of words) {
    const times = timesOfId(word);
    if (times === undefined) continue;
    from = Math.max(from, times.from);
    to = Math.min(to, times.to);
  }
  return {
    ...filter,
    from: Number.isFinite(from) ? from : undefined,
    to: Number.isFinite(to) ? to : undefined,
  };
}
