import { Graph, layout } from "@dagrejs/dagre";
import type { TaskDirective } from "../api/apiTypes.ts";

/** Sizes of the nodes in pixels at scale 1. */
export const TASK_SIZE = { width: 232, height: 132 };
export const QUEUE_SIZE = { width: 136, height: 36 };

/** A task or message queue and its centre. */
export interface PositionedNode {
  id: string;
  x: number;
  y: number;
}

/** An edge between a task and a queue, as points from end to end. */
export interface GraphEdge {
  id: string;
  points: { x: number; y: number }[];
}

type GraphTask = Pick<TaskDirective, "task_id" | "input_queues" | "output_queues">;

/** Positions of nodes and edges. Sizes are pixels at scale 1. */
export interface GraphLayout {
  width: number;
  height: number;
  nodes: PositionedNode[];
  edges: GraphEdge[];
}

/** Pixels between parts of the graph without a connection. */
const PART_GAP = 20;

/**
 * Computes the layout of the graph. Parts without a connection wrap into rows.
 *
 * @param isVertical from top to bottom, as on a phone; else from left to right
 * @param maxWidth pixels of a row, unless one part is wider
 */
export function layOutGraph(tasks: readonly GraphTask[], isVertical: boolean, maxWidth: number): GraphLayout {
  const whole: GraphLayout = { width: 0, height: 0, nodes: [], edges: [] };
  let [left, top, rowHeight] = [0, 0, 0];
  for (const part of connectedParts(tasks)) {
    const { width, height, nodes, edges } = layOutPart(part, isVertical);
    if (left > 0 && left + width > maxWidth) {
      [left, top, rowHeight] = [0, top + rowHeight + PART_GAP, 0];
    }
    const moved = <P extends { x: number; y: number }>(point: P): P => ({
      ...point,
      x: point.x + left,
      y: point.y + top,
    });
    whole.nodes.push(...nodes.map(moved));
    whole.edges.push(...edges.map(({ id, points }) => ({ id, points: points.map(moved) })));
    whole.width = Math.max(whole.width, left + width);
    rowHeight = Math.max(rowHeight, height);
    whole.height = Math.max(whole.height, top + height);
    left += width + PART_GAP;
  }
  return whole;
}

/** Tasks that share queues, directly or through others, are in one part. */
function connectedParts(tasks: readonly GraphTask[]): GraphTask[][] {
  const partOfQueue = new Map<string, GraphTask[]>();
  const parts = new Set<GraphTask[]>();
  for (const task of tasks) {
    const queues = [...task.input_queues, ...task.output_queues];
    const merged = [...new Set(queues.map((queue) => partOfQueue.get(queue)).filter((part) => part !== undefined))];
    for (const part of merged) parts.delete(part);
    const part = [...merged.flat(), task];
    parts.add(part);
    for (const each of part)
      for (const queue of [...each.input_queues, ...each.output_queues]) partOfQueue.set(queue, part);
  }
  return [...parts];
}

function layOutPart(tasks: readonly GraphTask[], isVertical: boolean): GraphLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: isVertical ? "TB" : "LR", nodesep: 28, ranksep: 44, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { task_id, input_queues, output_queues } of tasks) {
    graph.setNode(task_id, { ...TASK_SIZE });
    for (const queue of [...input_queues, ...output_queues])
      if (!graph.hasNode(queue)) graph.setNode(queue, { ...QUEUE_SIZE });
    for (const queue of input_queues) graph.setEdge(queue, task_id);
    for (const queue of output_queues) graph.setEdge(task_id, queue);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: graph.nodes().map((id) => ({ ...(graph.node(id) as { x: number; y: number }), id })),
    edges: graph.edges().map(({ v, w }) => ({
      id: `${v} ${w}`,
      points: (graph.edge({ v, w }) as { points: GraphEdge["points"] }).points,
    })),
  };
}
