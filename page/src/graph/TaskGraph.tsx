import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatNumber, imageName } from "../../../client/src/format.js";
import { runningWorkersText } from "../../../client/src/workers.js";
import type { Summary, TaskDirective, WorkflowQueue } from "../api/apiTypes.ts";
import { PhaseSegments } from "../parts/Bars.tsx";
import { shortId } from "../parts/format.ts";
import { type GraphEdge, layOutGraph, type PositionedNode, QUEUE_SIZE, TASK_SIZE } from "./graphLayout.ts";
import { groupTasks, MAX_GRAPH_NODES, type TaskGroup, type TaskState, taskState } from "./taskGroups.ts";

/** In a narrower container the graph is vertical. */
const NARROW_WIDTH_PX = 640;
const ZOOM_STEP = 1.3;
/** The smallest text of the graph has 13 pixels at scale 1, and never less than 11: below this scale, the graph scrolls. */
const MIN_SCALE = 11 / 13;
/** A change of the width by less leaves the layout as it is. */
const WIDTH_STEP_PX = 80;

/** The phase or kind of worker whose colour a state has. */
const STATE_FILLS: Record<TaskState, string> = {
  waiting: "idle",
  running: "working",
  unhealthy: "failed",
  stopping: "pending-stopper",
  ended: "done",
};

interface TaskGraphProps {
  tasks: readonly TaskDirective[];
  summary: Summary;
  queues: readonly WorkflowQueue[];
  rates: ReadonlyMap<string, number | undefined>;
  /** Tasks of the selected node; undefined: no selection. */
  selected: readonly string[] | undefined;
  /** @param task any of the node; undefined: none */
  select: (task: string | undefined) => void;
}

/** The graph of tasks and message queues, fitted to the width of its container while it is legible; else it scrolls. */
export function TaskGraph({ tasks, summary, queues, rates, selected, select }: TaskGraphProps) {
  const container = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [zoom, setZoom] = useState(1);
  useEffect(() => {
    const resizeObserver = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    if (container.current) resizeObserver.observe(container.current);
    return () => resizeObserver.disconnect();
  }, []);
  const isVertical = width < NARROW_WIDTH_PX;
  const groups = groupTasks(tasks, summary);
  const tooMany = groups.length > MAX_GRAPH_NODES;
  const maxWidth = Math.floor(width / WIDTH_STEP_PX) * WIDTH_STEP_PX;
  // The nodes depend only on the directives, which never change.
  const graphLayout = useMemo(
    () => layOutGraph(tooMany ? [] : groups, isVertical, maxWidth),
    [tasks, groups.length, tooMany, isVertical, maxWidth],
  );
  const fit = Math.min(1, width / Math.max(1, graphLayout.width));
  const scale = Math.max(MIN_SCALE, fit * zoom);
  const groupById = new Map(groups.map((group) => [group.task_id, group]));
  const queueById = new Map(queues.map((queue) => [queue.mqid, queue]));
  if (tooMany) return <p class="quiet-text">{formatNumber(tasks.length)} tasks of many kinds: too many for a graph.</p>;
  return (
    <figure class="graph">
      <div class="graph-frame" ref={container}>
        {width > 0 && (
          <svg
            role="group"
            aria-label="Tasks and the message queues between them"
            width={graphLayout.width * scale}
            height={graphLayout.height * scale}
            viewBox={`0 0 ${graphLayout.width} ${graphLayout.height}`}
          >
            {graphLayout.edges.map((edge) => (
              <path key={edge.id} class="edge-line" d={svgPath(edge)} marker-end="url(#arrow)" />
            ))}
            {graphLayout.nodes.map((node) => {
              const task = groupById.get(node.id);
              if (task === undefined) return <QueueNode key={node.id} node={node} queue={queueById.get(node.id)} />;
              return (
                <TaskNode
                  key={node.id}
                  node={node}
                  task={task}
                  state={taskState(task, summary.failed_attempts)}
                  rate={sumRates(task, rates)}
                  selected={selected !== undefined && task.task_ids.some((id) => selected.includes(id))}
                  select={select}
                />
              );
            })}
          </svg>
        )}
      </div>
      <figcaption class="buttons zoom">
        <button type="button" aria-label="Zoom in" onClick={() => setZoom(zoom * ZOOM_STEP)}>
          +
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          disabled={scale <= MIN_SCALE}
          onClick={() => setZoom(scale / fit / ZOOM_STEP)}
        >
          −
        </button>
        <button type="button" onClick={() => setZoom(1)} disabled={zoom === 1}>
          Fit
        </button>
      </figcaption>
    </figure>
  );
}

const svgPath = ({ points: [first, ...rest] }: GraphEdge): string => {
  if (first === undefined) return "";
  const middles = rest.slice(0, -1).map((point, n) => {
    const next = rest[n + 1] as typeof point;
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  const last = rest.at(-1) ?? first;
  return `M${first.x} ${first.y}${middles.join("")}L${last.x} ${last.y}`;
};

/** The sum over all tasks of a node. */
function sumRates({ task_ids }: TaskGroup, rates: TaskGraphProps["rates"]): number | undefined {
  const known = task_ids.flatMap((id) => rates.get(id) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, rate) => sum + rate, 0);
}

interface TaskNodeProps {
  node: PositionedNode;
  task: TaskGroup;
  state: TaskState;
  rate: number | undefined;
  selected: boolean;
  select: TaskGraphProps["select"];
}

function TaskNode({ node: { x, y }, task, state, rate, selected, select }: TaskNodeProps) {
  const { width, height } = TASK_SIZE;
  const times = task.task_ids.length === 1 ? "" : ` ×${task.task_ids.length}`;
  const image = imageName(task.task_image);
  const detail = truncate(task.detail, 30);
  const workers = runningWorkersText(task);
  const speed =
    rate === undefined ? "" : `${rate < 10 ? rate.toFixed(1) : formatNumber(Math.round(rate))} completed/min`;
  // In visual order.
  const label = ["Task", image + times, detail, state, speed, workers].filter(Boolean).join(" ");
  const toggle = () => select(selected ? undefined : task.task_id);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle();
  };
  return (
    <g
      class="task-node"
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      role="button"
      tabindex={0}
      aria-pressed={selected}
      aria-label={label}
      onClick={toggle}
      onKeyDown={onKey}
    >
      <title>{`${task.task_image}\n${task.task_ids.join(" ")}`}</title>
      <rect class="box" width={width} height={height} rx="10" />
      <rect fill={`var(--${STATE_FILLS[state]})`} width="6" height={height} rx="3" />
      <text class="task-name" x="18" y="26">
        {truncate(image, 24 - times.length) + times}
      </text>{" "}
      <text class="task-line" x="18" y="46">
        {detail}
      </text>{" "}
      <text class="task-state" x="18" y="68">
        {state}
      </text>{" "}
      <text class="task-line" x={width - 12} y="68" text-anchor="end">
        {speed}
      </text>{" "}
      <text class="task-line" x="18" y="90">
        {workers}
      </text>
      <svg x="18" y="104" width={width - 30} height="12">
        <PhaseSegments phases={task.taskforces_by_phase} />
      </svg>
    </g>
  );
}

function QueueNode({ node: { id, x, y }, queue }: { node: PositionedNode; queue: WorkflowQueue | undefined }) {
  const { width, height } = QUEUE_SIZE;
  const name = queue?.alias ?? shortId(id);
  const isPublic = queue?.is_public === true;
  return (
    <g
      class={isPublic ? "queue-node public" : "queue-node"}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      role="img"
      tabindex={0}
      aria-label={`Message queue ${name}${isPublic ? ", public" : ""}`}
    >
      <title>{`${name} ${id}`}</title>
      <rect class="box" width={width} height={height} rx={height / 2} />
      <text x={width / 2} y={height / 2 + 5} text-anchor="middle">
        {truncate(name, 15)}
      </text>
    </g>
  );
}

const truncate = (text: string, maxLength: number): string =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
