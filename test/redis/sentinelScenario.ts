import { Redis } from "ioredis";
import { type LocalSentinels, startSentinels } from "../../scripts/redis/localSentinels.js";
import { type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";

/** A service on a Redis with sentinels and one replica. */
export interface SentinelScenario {
  sentinels: LocalSentinels;
  scenario: ServiceScenario;
  close(): Promise<void>;
}

/** Starts the servers, the sentinels and the service. */
export async function startSentinelScenario(): Promise<SentinelScenario> {
  const sentinels = await startSentinels();
  try {
    const scenario = await startServiceScenario({
      REDIS_SENTINELS: sentinels.addresses,
      REDIS_SENTINEL_NAME: sentinels.name,
      RECONCILE_SECONDS: "0.5",
    });
    const close = async () => {
      await scenario.close();
      await sentinels.stop();
    };
    return { sentinels, scenario, close };
  } catch (error) {
    await sentinels.stop();
    throw error;
  }
}

/**
 * Waits until all sentinels name another master. Each of them publishes it on its own, and each message makes the
 * client reconnect. Until then, requests may get another 503 after the first successes.
 *
 * @param formerMasterPort the port of the master that died
 */
export async function waitForNewMaster({ addresses, name }: LocalSentinels, formerMasterPort: number): Promise<void> {
  const clients = addresses.split(",").map((address) => new Redis(`redis://${address}`));
  try {
    await waitForValue(
      "all sentinels name another master",
      () =>
        Promise.all(
          clients.map((client) => client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name) as Promise<string[]>),
        ),
      (masters) => masters.every(([, port]) => Number(port) !== formerMasterPort),
    );
  } finally {
    for (const client of clients) client.disconnect();
  }
}
