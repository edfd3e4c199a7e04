import { Graph, layout } from "@dagrejs/dagre";
import type { TaskDirective } from "../api/apiTypes.ts";

/** Sizes of the nodes in pixels at scale 1. */
export const TASK_SIZE = { width: 232, height: 112 };
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

/** Computes the layout of the graph. @param isVertical from top to bottom, as on a phone; else from left to right */
export function layOutGraph(
  tasks: readonly Pick<TaskDirective, "task_id" | "input_queues" | "output_queues">[],
  isVertical: boolean,
): { width: number; height: number; nodes: PositionedNode[]; edges: GraphEdge[] } {
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
