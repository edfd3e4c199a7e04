import type { ComponentChildren } from "preact";
import { formatBytes, formatDuration, formatMilliseconds, formatNumber } from "../../../client/src/format.js";
import { describePersistence } from "../../../client/src/systemState.js";
import type { RedisServerState } from "../api/apiTypes.ts";
import { StackedBar } from "../parts/Bars.tsx";
import { orDash } from "../parts/format.ts";
import { Table } from "../parts/Table.tsx";
import { RelativeTime } from "../parts/Times.tsx";
import { DescriptionList } from "../parts/View.tsx";

/** The Redis servers to which the service writes. */
export const RedisServers = ({ servers }: { servers: readonly RedisServerState[] }) => (
  <ul class="groups">
    {servers.map((server, n) => (
      <RedisServer key={server.address ?? n} server={server} />
    ))}
  </ul>
);

function RedisServer({ server }: { server: RedisServerState }) {
  const { address, version, role, persistence, replicas } = server;
  const { last_save, last_fork_us, aof_delayed_fsyncs } = persistence;
  return (
    <li>
      <h3>
        <code>{address ?? "Redis"}</code>
      </h3>
      <MemoryBar server={server} />
      <DescriptionList
        facts={[
          { name: "Version", value: version ?? "–" },
          { name: "Role", value: role === "replica" ? <Danger>✕ replica: refuses writes</Danger> : (role ?? "–") },
          { name: "Persistence", value: <Persistence persistence={persistence} /> },
          { name: "Last snapshot", value: last_save === null ? "–" : <RelativeTime at={last_save} /> },
          { name: "Last fork", value: orDash(last_fork_us, (us) => formatMilliseconds(us / 1000)) },
          { name: "Delayed fsyncs", value: orDash(aof_delayed_fsyncs, formatNumber) },
        ]}
      />
      {replicas.length === 0 ? (
        <p class="quiet-text">No replicas.</p>
      ) : (
        <Table
          label={`Replicas of ${address ?? "Redis"}`}
          rows={replicas}
          keyOf={({ address }) => address ?? ""}
          columns={[
            { name: "Replica", value: ({ address }) => address ?? "–" },
            { name: "State", value: ({ state }) => state ?? "–" },
            { name: "Behind by", value: ({ lag_bytes }) => orDash(lag_bytes, formatBytes) },
            {
              name: "Last confirmation",
              value: ({ lag_seconds }) => orDash(lag_seconds, (seconds) => `${formatDuration(seconds)} ago`),
            },
          ]}
        />
      )}
    </li>
  );
}

const Danger = ({ children }: { children: ComponentChildren }) => <span class="danger-text">{children}</span>;

function Persistence({ persistence }: Pick<RedisServerState, "persistence">) {
  const { text, severity } = describePersistence(persistence);
  if (severity === undefined) return <>{text}</>;
  return (
    <Danger>
      {severity === "error" ? "✕" : "⚠"} {text}
    </Danger>
  );
}

/** The memory in use, with a bar if it has a limit. */
function MemoryBar({ server: { used_memory_bytes: used, max_memory_bytes: limit } }: { server: RedisServerState }) {
  if (used === null) return <p>Memory unknown</p>;
  if (!limit) return <p>{formatBytes(used)} in memory, without a limit</p>;
  return (
    <>
      <p>
        {formatBytes(used)} of {formatBytes(limit)} in memory ({Math.round((100 * used) / limit)} %)
      </p>
      <StackedBar parts={[{ fill: "done", n: Math.min(used, limit) }]} total={limit} />
    </>
  );
}
