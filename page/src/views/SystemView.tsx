import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { formatCount, formatMilliseconds } from "../../../client/src/format.js";
import { fetchAudit, fetchServiceDiagnosis, fetchSystem } from "../api/apiRequests.ts";
import type { Finding, SystemState, UpstreamState } from "../api/apiTypes.ts";
import { useRefreshable } from "../live/useRefreshable.ts";
import { FindingList } from "../parts/Findings.tsx";
import { orDash } from "../parts/format.ts";
import { Loaded } from "../parts/Notices.tsx";
import { RelativeTime, Timestamp } from "../parts/Times.tsx";
import { DescriptionList, Section, View } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { isOperator, readsOperatorRecords } from "../session/permissions.ts";
import { OperatorActs } from "./OperatorActs.tsx";
import { RedisServers } from "./RedisServers.tsx";
import { hasStrayClusters, StrayClusters } from "./StrayClusters.tsx";
import { ProcessTable, QueueTable } from "./SystemTables.tsx";

async function loadSystem(signal: AbortSignal) {
  const [system, { findings }, acts] = await Promise.all([
    fetchSystem(signal),
    fetchServiceDiagnosis(signal),
    readsOperatorRecords ? fetchAudit(signal) : undefined,
  ]);
  return { system, findings, acts: acts?.entries };
}

/** The view of the service itself. */
export function SystemView() {
  const [message, setMessage] = useState("");
  return (
    <View title="System">
      <p class="message" role="status">
        {message}
      </p>
      <Loaded from={useRefreshable(loadSystem, "system")} what="the state of the service">
        {({ system, findings, acts }) => (
          <>
            <ServiceFindings findings={findings} />
            <Overview system={system} />
            {hasStrayClusters(findings) && <StrayClusters of={{}} onDone={setMessage} />}
            <Section title="Processes">
              <ProcessTable processes={system.processes} />
            </Section>
            <Section title="Redis">
              <RedisServers servers={system.redis} />
            </Section>
            <Section title="Services that it calls">
              <ul class="groups">
                <Upstream name="MQS" upstream={system.upstreams.mqs} />
                <Upstream name="Identity provider" upstream={system.upstreams.identity_provider} />
                {system.upstreams.pilot_images && (
                  <Upstream name="Pilot images" upstream={system.upstreams.pilot_images} />
                )}
              </ul>
            </Section>
            <Section title="Queues" aside={isOperator && <a href={hrefOf("/admin/queues")}>Open the Bull dashboard</a>}>
              <QueueTable queues={system.queues} />
            </Section>
            {acts && (
              <Section title="Operators' acts">
                <OperatorActs acts={acts} />
              </Section>
            )}
          </>
        )}
      </Loaded>
    </View>
  );
}

/** The findings about the service in full. The view of the schedds shows those about schedds. */
function ServiceFindings({ findings }: { findings: readonly Finding[] }) {
  const ofService = findings.filter(({ subject }) => subject.kind !== "schedd");
  const scheddCount = findings.length - ofService.length;
  return (
    <>
      <FindingList findings={ofService} />
      {(ofService.length === 0 || scheddCount > 0) && (
        <p class="quiet-text">
          {ofService.length === 0 && "Nothing hinders the service as a whole. "}
          {scheddCount > 0 && <a href={hrefOf("/schedds")}>{formatCount(scheddCount, "finding")} about schedds</a>}
        </p>
      )}
    </>
  );
}

function Overview({ system }: { system: SystemState }) {
  const { versions, processes, reconcile, layout, clock_difference_seconds } = system;
  const workerCount = processes.filter(({ role }) => role.split(" ").includes("worker")).length;
  return (
    <DescriptionList
      facts={[
        { name: versions.length === 1 ? "Version" : "Versions", value: versions.join(", ") || "–" },
        { name: "Processes", value: `${processes.length}, ${workerCount} with workers` },
        { name: "Last reconcile", value: reconcile ? <RelativeTime at={reconcile.at} /> : "none yet" },
        ...(reconcile === null
          ? []
          : [
              { name: "It took", value: formatMilliseconds(1000 * reconcile.seconds) },
              { name: "Jobs added, dropped", value: `${reconcile.added}, ${reconcile.dropped}` },
            ]),
        ...retentionFacts(system),
        { name: "Clocks apart", value: formatMilliseconds(1000 * clock_difference_seconds) },
        { name: "Layout", value: `version ${layout.version}, ${formatCount(layout.partitions, "partition")}` },
      ]}
    />
  );
}

/** Nothing while no worker removes old workflows. */
function retentionFacts({ retention }: SystemState): { name: string; value: ComponentChildren }[] {
  if (retention === null) return [];
  const { last_run: run, up_to, is_behind } = retention;
  return [
    { name: "Last retention", value: run ? <RelativeTime at={run.at} /> : "none yet" },
    ...(run === null ? [] : [{ name: "Archived, removed", value: `${run.archived}, ${run.removed}` }]),
    {
      name: "Old workflows removed up to",
      value: (
        <>
          <RelativeTime at={up_to} />
          {is_behind && <span class="danger-text"> behind</span>}
        </>
      ),
    },
  ];
}

function Upstream({ name, upstream }: { name: string; upstream: UpstreamState | null }) {
  return (
    <li>
      <h3>
        {name} {upstream === null && <span class="quiet-text">not called</span>}
      </h3>
      {upstream !== null && <UpstreamFacts upstream={upstream} />}
    </li>
  );
}

function UpstreamFacts({ upstream }: { upstream: UpstreamState }) {
  const { last_success, failing_since, last_error, latency_ms } = upstream;
  const state: ComponentChildren =
    failing_since === null ? (
      "✓ answers"
    ) : (
      <span class="danger-text">
        ✕ failing since <Timestamp at={failing_since} />
      </span>
    );
  return (
    <>
      <DescriptionList
        facts={[
          { name: "State", value: last_success === null && failing_since === null ? "no answer yet" : state },
          { name: "Last answer", value: last_success === null ? "none" : <RelativeTime at={last_success} /> },
          { name: "Took", value: orDash(latency_ms, formatMilliseconds) },
          { name: "Last error", value: last_error === null ? "none" : <RelativeTime at={last_error.at} /> },
        ]}
      />
      {last_error?.message != null && <p class="error-text">{last_error.message}</p>}
    </>
  );
}
