/**
 * JSON text before it is text. Unlike values of JavaScript it can name a key twice, hold a key `__proto__` like any other, and
 * numbers and texts that `JSON.stringify` never writes.
 */
export type JsonTree =
  /** What stands there as it is: mostly the text of one scalar, but it need not be JSON at all. */
  | { raw: string }
  /** One text or number so many times: large bodies are small until they are sent. */
  | { open: string; unit: string; times: number; close: string }
  | { items: readonly JsonTree[] }
  | { members: readonly JsonMember[] };

/** One key with its value. */
export type JsonMember = readonly [key: string, value: JsonTree];

/** The tree of a value of JavaScript. */
export function toTree(value: unknown): JsonTree {
  if (Array.isArray(value)) return { items: value.map(toTree) };
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) };
  return { members: Object.entries(value).map(([key, member]) => [key, toTree(member)] as const) };
}

/** The text of a tree. */
export function treeText(tree: JsonTree): string {
  if ("raw" in tree) return tree.raw;
  if ("open" in tree) return tree.open + tree.unit.repeat(tree.times) + tree.close;
  if ("items" in tree) return `[${tree.items.map(treeText).join()}]`;
  return `{${tree.members.map(([key, member]) => `${JSON.stringify(key)}:${treeText(member)}`).join()}}`;
}

/** How many values a tree has, itself included. */
export function treeSize(tree: JsonTree): number {
  const children = childrenOf(tree);
  return children.reduce((sum, child) => sum + treeSize(child), 1);
}

const childrenOf = (tree: JsonTree): readonly JsonTree[] =>
  "items" in tree ? tree.items : "members" in tree ? tree.members.map(([, value]) => value) : [];

/** The tree with another value in one place. @param place counted from the root, modulo the tree's size */
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

/** The tree with other members, or items, in one of the objects and arrays. @see replaceNode */
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
