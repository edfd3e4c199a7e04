/**
 * A tree of JSON text. Unlike a JavaScript value it can repeat a key, have a key `__proto__`, and contain numbers and
 * texts that `JSON.stringify` never writes.
 */
export type JsonTree =
  /** Text that is copied unchanged: usually a scalar, but it may be invalid JSON. */
  | { raw: string }
  /** Repeated text. It keeps large bodies small until they are sent. */
  | { open: string; unit: string; times: number; close: string }
  | { items: readonly JsonTree[] }
  | { members: readonly JsonMember[] };

/** One key with its value. */
export type JsonMember = readonly [key: string, value: JsonTree];

/** Converts a JavaScript value to a tree. */
export function toTree(value: unknown): JsonTree {
  if (Array.isArray(value)) return { items: value.map(toTree) };
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) };
  return { members: Object.entries(value).map(([key, member]) => [key, toTree(member)] as const) };
}

/** Converts a tree to text. */
export function treeText(tree: JsonTree): string {
  if ("raw" in tree) return tree.raw;
  if ("open" in tree) return tree.open + tree.unit.repeat(tree.times) + tree.close;
  if ("items" in tree) return `[${tree.items.map(treeText).join()}]`;
  return `{${tree.members.map(([key, member]) => `${JSON.stringify(key)}:${treeText(member)}`).join()}}`;
}

/** Counts the values of a tree, including its root. */
export function treeSize(tree: JsonTree): number {
  const children = childrenOf(tree);
  return children.reduce((sum, child) => sum + treeSize(child), 1);
}

const childrenOf = (tree: JsonTree): readonly JsonTree[] =>
  "items" in tree ? tree.items : "members" in tree ? tree.members.map(([, value]) => value) : [];

/** Replaces one value of a tree. @param place index of the value, counted from the root, modulo the tree's size */
export function replaceNode(tree: JsonTree, place: number, change: (found: JsonTree) => JsonTree): JsonTree {
  let left = place % treeSize(tree);
  const walk = (at: JsonTree): JsonTree => {
    if (left-- === 0) return change(at);
    if (left < 0) return at;
    if ("items" in at) return { items: at.items.map(walk) };
    if ("members" in at) return { members: at.members.map(([key, value]) => [key, walk(value)] as const) };
    return at;
  };
  return walk(tree);
}

/** Replaces the members or items of one object or array. @see replaceNode */
export function replaceChildren(
  tree: JsonTree,
  place: number,
  change: {
    members(found: readonly JsonMember[]): readonly JsonMember[];
    items(found: readonly JsonTree[]): readonly JsonTree[];
  },
): JsonTree {
  const groups = groupsOf(tree);
  const chosen = groups[place % Math.max(groups.length, 1)];
  const walk = (at: JsonTree): JsonTree => {
    if ("items" in at) return { items: at === chosen ? change.items(at.items) : at.items.map(walk) };
    if (!("members" in at)) return at;
    if (at === chosen) return { members: change.members(at.members) };
    return { members: at.members.map(([key, value]) => [key, walk(value)] as const) };
  };
  return walk(tree);
}

const groupsOf = (tree: JsonTree): JsonTree[] => [
  ...("items" in tree || "members" in tree ? [tree] : []),
  ...childrenOf(tree).flatMap(groupsOf),
];
