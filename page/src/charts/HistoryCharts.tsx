import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatNumber } from "../../../client/src/format.js";
import { areAllEnded } from "../../../client/src/phases.js";
import { fetchHistory } from "../api/apiRequests.ts";
import type { Summary, WorkflowHistory } from "../api/apiTypes.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { formatDateTime } from "../parts/format.ts";
import { Loaded } from "../parts/Notices.tsx";
import { Table } from "../parts/Table.tsx";
import { Section } from "../parts/View.tsx";
import { liveWorkerSeries, phaseSeries, rateSeries, type Series, workerSeries } from "./historySeries.ts";
import { TimeChart } from "./TimeChart.tsx";

/** Milliseconds between a change of the summary and the reload of the charts: samples are as far apart. */
const RELOAD_DELAY_MS = 30_000;

interface HistoryChartsProps {
  /** The workflow. */
  of: string;
  /** The newest one. */
  summary: Summary;
  /** The other cards show a part of the workflow: there is no history of parts. */
  isNarrowed: boolean;
}

/** The section *Over time* of a workflow. */
export function HistoryCharts({ of, summary, isNarrowed }: HistoryChartsProps) {
  const history = useMemo(
    () =>
      createRefreshable(async (signal) => {
        const loaded = await fetchHistory(of, signal);
        return { ...loaded, loadedAt: Date.now() / 1000 };
      }),
    [of],
  );
  const reloadSoon = useMemo(() => coalesceCalls(RELOAD_DELAY_MS, history.refresh), [history]);
  useEffect(() => {
    history.refresh();
    return () => {
      reloadSoon.cancel();
      history.dispose();
    };
  }, [history, reloadSoon]);
  const updatedAtFirst = useRef(summary.updated);
  // Each event of the summary has another time.
  useEffect(() => {
    if (summary.updated !== updatedAtFirst.current) reloadSoon();
  }, [summary.updated, reloadSoon]);
  return (
    <Section title={isNarrowed ? "Over time, of the whole workflow" : "Over time"}>
      <Loaded from={history} what="the history">
        {(loaded) => <Charts history={loaded} hasEnded={areAllEnded(summary.taskforces_by_phase)} />}
      </Loaded>
    </Section>
  );
}

type ChartsProps = { history: WorkflowHistory & { loadedAt: number }; hasEnded: boolean };

function Charts({ history, hasEnded }: ChartsProps) {
  const { samples, loadedAt } = history;
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return <p class="quiet-text">Nothing has changed yet.</p>;
  // The last state lasts until now, unless it is final.
  const until = Math.max(hasEnded ? last.timestamp : loadedAt, first.timestamp + 1);
  const times = samples.map(({ timestamp }) => timestamp);
  return (
    <>
      <div class="charts">
        <TimeChart title="Workers by status" data={{ times, until, series: liveWorkerSeries(samples) }} isStacked />
        <TimeChart title="Taskforces by phase" data={{ times, until, series: phaseSeries(samples) }} isStacked />
        <TimeChart title="Completions and failures a minute" data={rateSeries(history, until)} />
      </div>
      <HistoryTable samples={samples} />
    </>
  );
}

type Sample = WorkflowHistory["samples"][number];

/** The data of the charts, newest first. */
function HistoryTable({ samples }: { samples: readonly Sample[] }) {
  // Hundreds of rows are rendered only on request.
  const [isOpen, setIsOpen] = useState(false);
  const rows = samples.map((sample, index) => ({ sample, index })).reverse();
  const columnOf = ({ name, values }: Series) => ({
    name,
    value: ({ index }: { index: number }) => formatNumber(values[index] ?? 0),
  });
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>Data as table</summary>
      {isOpen && (
        <Table
          label="samples"
          columns={[
            { name: "Time", value: ({ sample }) => formatDateTime(sample.timestamp) },
            ...workerSeries([...samples]).map((series) => columnOf({ ...series, name: `workers ${series.name}` })),
            ...phaseSeries([...samples]).map((series) => columnOf({ ...series, name: `taskforces ${series.name}` })),
            { name: "completions so far", value: ({ sample }) => formatNumber(sample.n_completed) },
            { name: "failures so far", value: ({ sample }) => formatNumber(sample.n_errors) },
          ]}
          rows={rows}
          keyOf={({ index }) => String(index)}
        />
      )}
    </details>
  );
}
