import { UNCHECKED_CALLER } from "../../domain/caller.js";
import { type ClusterLocations, scheddOf, unknownLocation } from "../../domain/clusters.js";
import type { Phase } from "../../domain/phases.js";
import { epochSecondsOf, TIME_TEXT_RULE } from "../../domain/timeText.js";
import { invalid } from "../../domain/wmsError.js";
import type { ListOrder, StateFilter } from "../../domain/workflowDigest.js";
import { ACTIVE } from "../../store/keys.js";
import { indexed, type WorkflowSet } from "./walkedSets.js";

/** The parameters of a list of workflows. An absent one does not restrict it. */
export interface ListParameters {
  /** The subject of the owner's token; `me`: that of the caller. */
  owner?: string | undefined;
  state?: StateFilter | undefined;
  /** Labels as `key=value`, all of which a workflow has. */
  label: readonly string[];
  /** Creation times; see `epochSecondsOf`. */
  since?: string | undefined;
  until?: string | undefined;
  schedd?: string | undefined;
  location?: string | undefined;
  image?: string | undefined;
  /** Words, all of which occur in a workflow. */
  q?: string | undefined;
  sort: ListOrder;
  limit: number;
  /** `next_after` of the page before. */
  after?: string | undefined;
}

/** A workflow has a task or taskforce with one of these values of an indexed field. */
export interface PartCondition {
  readonly kind: "task" | "taskforce";
  readonly field: string;
  readonly values: readonly string[];
  /** The taskforce is in this phase. */
  readonly phase?: Phase;
}

/** Which workflows are listed. Times are epoch seconds. */
export interface ListFilter {
  /** A workflow is in one set of each group. Scores of all sets are creation times. */
  readonly groups: readonly (readonly WorkflowSet[])[];
  /** It is in one of these sets, or has one of these parts. */
  readonly either?: { readonly sets: readonly WorkflowSet[]; readonly parts: readonly PartCondition[] };
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly parts: readonly PartCondition[];
}

/** The workflows that need attention, as far as their summaries show. */
const NEEDING_ATTENTION = [indexed("attention", "error"), indexed("attention", "warning")];
const IS_ACTIVE = [indexed("deactivated", ACTIVE)];

const GROUPS_OF_STATE: Readonly<Record<StateFilter, ListFilter["groups"]>> = {
  active: [IS_ACTIVE],
  "needs-attention": [IS_ACTIVE],
  ended: [[indexed("ended", "yes")], IS_ACTIVE],
  aborted: [[indexed("deactivated", "ABORTED")]],
  finished: [[indexed("deactivated", "FINISHED")]],
};

/**
 * Makes a filter of the parameters of a list, without its words.
 *
 * @param subject of the caller
 * @param hinderedSchedds at which waiting taskforces need attention
 * @throws WmsError `invalid` for an unknown location or a text that is no time
 */
export function toListFilter(
  clusters: ClusterLocations,
  { owner, state, label, since, until, schedd, location, image }: ListParameters,
  subject: string,
  hinderedSchedds: readonly string[] = [],
): ListFilter {
  const waiting: PartCondition = {
    kind: "taskforce",
    field: "schedd",
    values: hinderedSchedds,
    phase: "pending-starter",
  };
  const needsAttention = state === "needs-attention";
  const isIndexed = needsAttention && hinderedSchedds.length === 0;
  const wantedOwner = owner === "me" ? subject : owner;
  const part = (kind: PartCondition["kind"], field: string, value: string | undefined): PartCondition[] =>
    value === undefined ? [] : [{ kind, field, values: [value] }];
  return {
    groups: [
      ...(state === undefined ? [] : GROUPS_OF_STATE[state]),
      ...(isIndexed ? [NEEDING_ATTENTION] : []),
      // While authentication is off, everything is everyone's.
      ...(wantedOwner === undefined || wantedOwner === UNCHECKED_CALLER.subject
        ? []
        : [[indexed("owner", wantedOwner)]]),
      ...label.map((each) => [indexed("label", each)]),
    ],
    ...(needsAttention && !isIndexed && { either: { sets: NEEDING_ATTENTION, parts: [waiting] } }),
    from: timeOf("since", since),
    to: timeOf("until", until),
    parts: [
      ...part("taskforce", "schedd", schedd),
      ...part("taskforce", "schedd", scheddOfLocation(clusters, location)),
      ...part("task", "task_image", image),
    ],
  };
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = epochSecondsOf(text);
  if (seconds === undefined) throw invalid(`${name}: ${TIME_TEXT_RULE}`);
  return seconds;
}

function scheddOfLocation(clusters: ClusterLocations, location: string | undefined): string | undefined {
  if (location === undefined) return undefined;
  const schedd = scheddOf(clusters, location);
  if (schedd === undefined) throw unknownLocation(clusters, "location", location);
  return schedd;
}
