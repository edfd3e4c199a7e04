import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PublicQueue, Summary, TaskDirective } from "../api/apiTypes.ts";
import { inOrder } from "../parts/phaseLabels.ts";
import { imageName, number, shortId } from "../parts/format.ts";
import { runningOf } from "../parts/workerGroups.ts";
import { groupTasks, MOST_BOXES, type TaskGroup } from "./taskGroups.ts";
import { draw, type Placed, QUEUE_SIZE, TASK_SIZE, type Way } from "./graphLayout.ts";
import { stateOf, type TaskState } from "./taskState.ts";

/** Pixels below which the graph runs from top to bottom. */
const NARROW = 640;
const ZOOM_STEP = 1.3;

interface Props {
  tasks: readonly TaskDirective[];
  summary: Summary;
  queues: readonly PublicQueue[];
  rates: ReadonlyMap<string, number>;
  /** Tasks of the box that is chosen; undefined: none is. */
  chosen: readonly string[] | undefined;
  choose: (tasks: readonly string[] | undefined) => void;
}

/** Tasks and the message queues between them, as wide as there is room; zooming in makes it scroll. */
export function TaskGraph({ tasks, summary, queues, rates, chosen, choose }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [zoom, setZoom] = useState(1);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    if (frame.current) watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, []);
  const down = width < NARROW;
  const groups = groupTasks(tasks, summary);
  const tooMany = groups.length > MOST_BOXES;
  // Which boxes there are depends on the directives alone, and these never change.
  const drawing = useMemo(() => draw(tooMany ? [] : groups, down), [tasks, groups.length, tooMany, down]);
  const fit = Math.min(1, width / Math.max(1, drawing.width));
  const scale = fit * zoom;
  const boxes = new Map(groups.map((group) => [group.task_id, group]));
  const aliases = new Map(queues.map(({ mqid, alias }) => [mqid, alias]));
  if (tooMany)
    return <p class="quiet-text">{number(tasks.length)} tasks of many kinds are too many to be drawn.</p>;
  return (
    <figure class="graph">
      <div class="graph-frame" ref={frame}>
        {width > 0 && (
          <svg
            role="group"
            aria-label="Tasks and the message queues between them"
            width={drawing.width * scale}
            height={drawing.height * scale}
            viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          >
            {drawing.ways.map((way) => (
              <path key={way.id} class="way" d={pathOf(way)} marker-end="url(#arrow)" />
            ))}
            {drawing.nodes.map((node) => {
              if (node.kind === "queue")
                return <Queue key={node.id} node={node} alias={aliases.get(node.id)} />;
              const task = boxes.get(node.id);
              if (task === undefined) return null;
              return (
                <Task
                  key={node.id}
                  node={node}
                  task={task}
                  state={stateOf(task, summary.failed_attempts)}
                  rate={rateOf(task, rates)}
                  chosen={chosen?.[0] === node.id}
                  choose={choose}
                />
              );
            })}
          </svg>
        )}
      </div>
      <figcaption class="zoom">
        <button type="button" aria-label="Zoom in" onClick={() => setZoom(zoom * ZOOM_STEP)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => setZoom(zoom / ZOOM_STEP)}>
          −
        </button>
        <button type="button" onClick={() => setZoom(1)} disabled={zoom === 1}>
          Fit
        </button>
      </figcaption>
    </figure>
  );
}

const pathOf = ({ points: [first, ...rest] }: Way): string => {
  if (first === undefined) return "";
  const middles = rest.slice(0, -1).map((point, n) => {
    const next = rest[n + 1] as typeof point;
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  const last = rest.at(-1) ?? first;
  return `M${first.x} ${first.y}${middles.join("")}L${last.x} ${last.y}`;
};

/** Of all tasks of a box together. */
function rateOf({ task_ids }: TaskGroup, rates: Props["rates"]): number | undefined {
  const known = task_ids.flatMap((id) => rates.get(id) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, rate) => sum + rate, 0);
}

/** How fast workers get done, in words; empty while it is not known. */
const wordsFor = (rate: number | undefined): string =>
  rate === undefined ? "" : `${rate < 10 ? rate.toFixed(1) : number(Math.round(rate))} done/min`;

function Task({
  node: { x, y },
  task,
  state,
  rate,
  chosen,
  choose,
}: {
  node: Placed;
  task: TaskGroup;
  state: TaskState;
  rate: number | undefined;
  chosen: boolean;
  choose: Props["choose"];
}) {
  const { width, height } = TASK_SIZE;
  const times = task.task_ids.length === 1 ? "" : ` ×${task.task_ids.length}`;
  const image = imageName(task.task_image);
  const workers = runningOf(task);
  const speed = wordsFor(rate);
  // In the order in which they stand there.
  const words = ["Task", image + times, state, speed, workers].filter(Boolean).join(" ");
  const toggle = () => choose(chosen ? undefined : task.task_ids);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle();
  };
  return (
    <g
      class={`task-node state-${state.replace(" ", "-")}`}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      role="button"
      tabindex={0}
      aria-pressed={chosen}
      aria-label={words}
      onClick={toggle}
      onKeyDown={onKey}
    >
      <rect class="box" width={width} height={height} rx="10" />
      <rect class="edge" width="6" height={height} rx="3" />
      <text class="task-name" x="18" y="26">
        {shortened(image, 24 - times.length) + times}
      </text>{" "}
      <text class="task-state" x="18" y="46">
        {state}
      </text>{" "}
      <text class="task-line" x={width - 12} y="46" text-anchor="end">
        {speed}
      </text>{" "}
      <text class="task-line" x="18" y="70">
        {workers}
      </text>
      <svg x="18" y="84" width={width - 30} height="12">
        <Portions task={task} width={width - 30} />
      </svg>
    </g>
  );
}

function Portions({ task, width }: { task: TaskGroup; width: number }) {
  const parts = inOrder(task.taskforces_by_phase);
  let before = 0;
  return (
    <g>
      {parts.map(({ phase, n }) => {
        const at = {
          x: (width * before) / task.n_taskforces,
          width: (width * n) / task.n_taskforces,
          height: 12,
        };
        before += n;
        return (
          <g key={phase}>
            <rect class={`part fill-${phase}`} {...at} />
            <rect class={`pattern pattern-${phase}`} {...at} />
          </g>
        );
      })}
    </g>
  );
}

function Queue({ node: { id, x, y }, alias }: { node: Placed; alias: string | undefined }) {
  const { width, height } = QUEUE_SIZE;
  const name = alias ?? shortId(id);
  return (
    <g
      class={alias === undefined ? "queue-node" : "queue-node public"}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      role="img"
      tabindex={0}
      aria-label={`Message queue ${name}${alias === undefined ? "" : ", public"}`}
    >
      <title>{id}</title>
      <rect class="box" width={width} height={height} rx={height / 2} />
      <text x={width / 2} y={height / 2 + 5} text-anchor="middle">
        {shortened(name, 15)}
      </text>
    </g>
  );
}

const shortened = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
