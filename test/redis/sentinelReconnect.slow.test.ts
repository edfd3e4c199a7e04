import { pino } from "pino";
import { onTestFinished, test } from "vitest";
import { redisProcessId } from "../../scripts/failover/replication.js";
import { startSentinels } from "../../scripts/redis/localSentinels.js";
import { connectClient } from "../../src/redis/connectClients.js";
import { startTcpProxy } from "../processes/tcpProxy.js";
import { waitForValue } from "../setup/waitFor.js";

/** Milliseconds each way: the client queries the sentinels most of the time until it finds the new master. */
const SLOW_SENTINEL_MS = 100;
const CLIENTS_OF_EACH_KIND = 6;

test("a client that queries slow sentinels during a failover finds the new master", async () => {
  const sentinels = await startSentinels();
  onTestFinished(() => sentinels.stop());
  const ways = await Promise.all(
    sentinels.addresses.split(",").map((address) => {
      const [host = "", port] = address.split(":");
      return startTcpProxy({ host, port: Number(port) });
    }),
  );
  onTestFinished(async () => {
    await Promise.all(ways.map((way) => way.close()));
  });
  const location = {
    sentinels: ways.map(({ port }) => ({ host: "127.0.0.1", port })),
    masterName: sentinels.name,
    sentinelPassword: undefined,
    login: { username: undefined, password: undefined, tls: undefined },
  };
  const log = pino({ level: "silent" });
  const clients = await Promise.all(
    Array.from({ length: CLIENTS_OF_EACH_KIND }, () => [
      connectClient(location, "requests", log),
      connectClient(location, "workers", log),
    ]).flat(),
  );
  onTestFinished(() => {
    for (const client of clients) client.disconnect();
  });

  for (const way of ways) way.setLatency(SLOW_SENTINEL_MS);
  process.kill(await redisProcessId(sentinels.master.port), "SIGKILL");

  await waitForValue(
    "each client has found the new master",
    () => Promise.all(clients.map((client) => client.set("here", 1).catch(({ message }: Error) => message))),
    (replies) => replies.every((reply) => reply === "OK"),
  );
});
