/** Groups items by partition: on Redis Cluster a pipeline must stay on one node, which a partition does. */
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
