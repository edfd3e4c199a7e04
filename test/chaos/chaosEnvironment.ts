import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "../../src/store/store.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { startScriptedMqs } from "../mqs/scriptedMqs.js";
import { CHAOS_ACCESS_POINTS, CHAOS_SETTINGS, startDeployment } from "./deployment.js";
import type { FaultTargets } from "./faultInjectors.js";
import { RandomSource } from "./randomSource.js";
import { RecordingClient } from "./recordingClient.js";
import type { RedisKind } from "./redis/redisSystem.js";
import { ReportNoise } from "./reportNoise.js";
import { RequestHistory } from "./requestHistory.js";
import { SimulatedAccessPoint } from "./simulatedAccessPoint.js";
import { SimulatedUser, type UserExpectations } from "./simulatedUser.js";
import { TokenSource } from "./tokenSource.js";

/** The service and its simulated clients. */
export interface ChaosEnvironment extends FaultTargets {
  history: RequestHistory;
  client: RecordingClient;
  expectations: UserExpectations;
  store: Store;
  /** Stops the users. @returns when their last requests have ended */
  stopUsers(): Promise<void>;
  close(): Promise<void>;
}

/** Seed, size and programs of the environment. */
export interface ChaosEnvironmentOptions {
  seed: number;
  users: number;
  /** The folder whose `dist/` holds the programs. */
  built: string;
  on: RedisKind;
}

/** Lowest `n_workers` of an add-workers request. Other taskforces have fewer, so the number identifies the request. */
const FIRST_WORKER_COUNT = 1000;

/** The service as a client of the MQS. Its tokens expire soon, so it gets one in most faults of the MQS. */
const MQS_CLIENT = { clientId: "wms", clientSecret: "a secret of the tests", expiresIn: 20 };

/** Starts the service, its users and its access points. */
export async function startChaosEnvironment({
  seed,
  users,
  built,
  on,
}: ChaosEnvironmentOptions): Promise<ChaosEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), "wms-chaos-"));
  const mqs = await startScriptedMqs({ demand: MQS_CLIENT });
  const provider = await IdentityProvider.start();
  const deployment = await startDeployment({ built, on }, folder, {
    AUTH_OPENID_URL: provider.issuer,
    AUTH_AUDIENCE: "ewms-wms",
    MQS_ADDRESS: mqs.address,
    MQS_TOKEN_URL: mqs.tokenUrl,
    MQS_CLIENT_ID: MQS_CLIENT.clientId,
    MQS_CLIENT_SECRET: MQS_CLIENT.clientSecret,
  });
  const redis = deployment.redis.connect();
  // A fault kills Redis, so connection errors are expected.
  redis.on("error", () => {});
  const store = await openStore(redis, { partitions: CHAOS_SETTINGS.partitions });

  // Traffic draws in an order that depends on timing. Its own source keeps the fault plan repeatable.
  const random = new RandomSource(seed + 1);
  const history = new RequestHistory();
  const tokens = new TokenSource(provider);
  const client = new RecordingClient({ history, webProxies: deployment.webProxies, random, tokens });
  const noise = new ReportNoise(client, random);
  let number = FIRST_WORKER_COUNT;
  const nextNumber = () => number++;
  const accessPoints = CHAOS_ACCESS_POINTS.map(
    ({ schedd }, index) => new SimulatedAccessPoint(index, { schedd, client, noise, random, nextNumber }),
  );
  const expectations: UserExpectations = {
    workflows: new Map(),
    addedTaskforces: new Map(),
    endedWorkflows: new Map(),
    unexpectedResponses: [],
    keylessRequests: new Map(),
    refusedRepetitions: [],
  };
  const stop = new AbortController();
  const running = Array.from({ length: users }, (_, index) =>
    new SimulatedUser({ client, random, expectations, nextNumber, usesKeys: index % 2 === 0 }).run(stop.signal),
  );
  return {
    deployment,
    mqs,
    provider,
    accessPoints,
    noise,
    redis,
    queueDeletionTimesMs: [],
    history,
    client,
    expectations,
    store,
    async stopUsers() {
      stop.abort();
      await Promise.all(running);
    },
    async close() {
      redis.disconnect();
      await deployment.close();
      await mqs.close();
      await provider.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
