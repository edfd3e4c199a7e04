import { groupBy } from "../../domain/groupBy.js";
import type { ListOrder } from "../../domain/workflowDigest.js";
import { idOfMember, partitionOf } from "../../store/keys.js";
import type { Store } from "../../store/store.js";
import type { ListCursor } from "./listCursor.js";
import { SECTIONS } from "./listOrders.js";
import { chargeWork, ListPage, type PageLimits } from "./mergeWalks.js";
import { keyOfSet, type WorkflowSet } from "./walkedSets.js";
import { comparePlaces, type ListPosition, type WalkConditions, WorkflowWalk } from "./workflowWalk.js";

/** Workflows of an index that are sorted here, instead of being looked for in a larger index that is sorted already. */
const MAX_SORTED = 2000;
/** Members of an index that one script finds. */
const MEMBERS_PER_SCRIPT = 500;

/** The workflows of a page, as members of indexes. */
export interface FoundWorkflows {
  readonly members: readonly string[];
  /** Undefined at the end of the list. */
  readonly next: ListCursor | undefined;
  /** The search ended before the page was full, although more may match. */
  readonly isCutShort: boolean;
}

/** A page to find. */
export interface PageRequest extends PageLimits {
  readonly order: ListOrder;
  readonly cursor: ListCursor;
}

/** Finds one page of the workflows that match. @throws the reason of the meter's signal */
export async function findWorkflows(
  store: Store,
  conditions: WalkConditions,
  request: PageRequest,
): Promise<FoundWorkflows> {
  const smallest = await findSmallestGroup(store, conditions.filter.groups);
  const isSmall = smallest !== undefined && smallest.size <= MAX_SORTED;
  if (isSmall && request.order !== "created") return sortWorkflows(store, smallest.sets, conditions, request);
  const { order, cursor } = request;
  const page = new ListPage(request);
  const sections = SECTIONS[order];
  for (let section = cursor.section; section < sections.length; section++) {
    const set = sections[section] as WorkflowSet;
    // The scores of all groups are creation times, by which the last section is sorted.
    const sets = set === "all" && smallest !== undefined ? smallest.sets : [set];
    const start = section === cursor.section ? cursor.after : undefined;
    const rest = { ...conditions, none: sections.slice(0, section) };
    const after = await page.fill(createWalks(store, sets, rest, start), start);
    if (after !== "ended") return { members: page.members, next: { section, after }, isCutShort: !page.isFull };
  }
  return { members: page.members, next: undefined, isCutShort: false };
}

/** The group of sets with the fewest workflows; undefined without groups. */
async function findSmallestGroup(
  { redis, partitions }: Store,
  groups: readonly (readonly WorkflowSet[])[],
): Promise<{ sets: readonly WorkflowSet[]; size: number } | undefined> {
  const counted = groups.map(async (sets) => {
    const keys = sets.flatMap((set) => Array.from({ length: partitions }, (_, partition) => keyOfSet(partition, set)));
    const sizes = await Promise.all(keys.map((key) => redis.zcard(key)));
    return { sets, size: sizes.reduce((sum, size) => sum + size, 0) };
  });
  return (await Promise.all(counted)).sort((one, other) => one.size - other.size)[0];
}

const createWalks = (
  store: Store,
  sets: readonly WorkflowSet[],
  conditions: WalkConditions,
  after: ListPosition | undefined,
): WorkflowWalk[] =>
  sets.flatMap((set) =>
    Array.from(
      { length: store.partitions },
      (_, partition) => new WorkflowWalk(store, partition, set, conditions, after),
    ),
  );

/** A workflow's place in a list. */
interface ListPlace {
  readonly section: number;
  readonly place: ListPosition;
}

const compareListPlaces = (one: ListPlace, other: ListPlace): number =>
  other.section - one.section || comparePlaces(one.place, other.place);

/** Finds all matches in small sets, and sorts them. */
async function sortWorkflows(
  store: Store,
  sets: readonly WorkflowSet[],
  conditions: WalkConditions,
  { order, cursor, limit, meter }: PageRequest,
): Promise<FoundWorkflows> {
  const walks = createWalks(store, sets, conditions, undefined);
  for (let open = walks; open.length > 0; open = open.filter(({ reached }) => reached !== undefined)) {
    const works = await Promise.all(open.map((walk) => walk.advance(MEMBERS_PER_SCRIPT)));
    await chargeWork(meter, works);
  }
  const members = walks.flatMap((walk) => walk.takeAll());
  const places = await placesOf(store, order, members);
  const { section, after } = cursor;
  const isLater = (each: ListPlace) =>
    after === undefined ? each.section >= section : compareListPlaces(each, { section, place: after }) < 0;
  const sorted = places.filter(isLater).sort((one, other) => compareListPlaces(other, one));
  const shown = sorted.slice(0, limit);
  const last = sorted.length > limit ? shown.at(-1) : undefined;
  return {
    members: shown.map(({ place }) => place.member),
    next: last && { section: last.section, after: last.place },
    isCutShort: false,
  };
}

/** The places of workflows in an order. One that was removed meanwhile has none. */
async function placesOf(
  { redis, partitions }: Store,
  order: ListOrder,
  members: readonly string[],
): Promise<ListPlace[]> {
  const byPartition = groupBy(members, (member) => partitionOf(idOfMember("workflow", member), partitions));
  const found = [...byPartition].map(async ([partition, own]) => {
    const scores = await Promise.all(SECTIONS[order].map((set) => redis.zmscore(keyOfSet(partition, set), ...own)));
    return own.flatMap((member, index): ListPlace[] => {
      const section = scores.findIndex((ofSet) => ofSet[index] != null);
      const score = scores[section]?.[index];
      return score == null ? [] : [{ section, place: { score, member } }];
    });
  });
  return (await Promise.all(found)).flat();
}
