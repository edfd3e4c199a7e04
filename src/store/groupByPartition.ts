/** Groups by partition: a pipeline must not leave its partition, which on Redis Cluster lies on one node. */
export function groupByPartition<T>(items: readonly T[], partitionOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const partition = partitionOf(item);
    const group = groups.get(partition);
    if (group === undefined) groups.set(partition, [item]);
    else group.push(item);
  }
  return groups;
}
