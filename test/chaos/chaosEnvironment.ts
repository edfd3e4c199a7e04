import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { openStore, type Store } from "../../src/store/store.js";
import { startScriptedMqs } from "../mqs/scriptedMqs.js";
import { AccessPoint } from "./simulatedAccessPoint.js";
import type { Ground } from "./faultInjectors.js";
import { ACCESS_POINTS, deploy, SETTINGS } from "./deployment.js";
import { Dice } from "./randomSource.js";
import { History } from "./requestHistory.js";
import { ReportNoise } from "./reportNoise.js";
import { type Promised, User } from "./simulatedUser.js";
import { Wire } from "./recordingClient.js";

/** The service, and all who talk to it. */
export interface Scene extends Ground {
  history: History;
  wire: Wire;
  promised: Promised;
  store: Store;
  /** Has users ask for nothing more. @returns when what they have begun is done */
  usersEnd(): Promise<void>;
  close(): Promise<void>;
}

/** What a scene is set with. */
export interface SceneOptions {
  seed: number;
  users: number;
  /** The folder whose `dist/` holds the programs. */
  built: string;
}

/** The first number that requests of users for more workers name: no taskforce has so many otherwise. */
const FIRST_NUMBER = 1000;

/** Starts the service and everybody who talks to it. */
export async function setScene({ seed, users, built }: SceneOptions): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "wms-chaos-"));
  const mqs = await startScriptedMqs();
  const deployment = await deploy(built, folder, mqs.address);
  const redis = new Redis(deployment.redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
  // It is killed on purpose, and comes back.
  redis.on("error", () => {});
  const store = await openStore(redis, { partitions: SETTINGS.partitions });

  // Traffic has dice of its own: who throws first depends on timing, and the plan must not.
  const dice = new Dice(seed + 1);
  const history = new History();
  const wire = new Wire(history, deployment.doors, dice);
  const noise = new ReportNoise(wire, dice);
  let number = FIRST_NUMBER;
  const nextNumber = () => number++;
  const accessPoints = ACCESS_POINTS.map(
    ({ schedd }, index) => new AccessPoint(index, { schedd, wire, noise, dice, nextNumber }),
  );
  const promised: Promised = { workflows: new Map(), added: new Map(), ended: new Map(), surprises: [] };
  const stop = new AbortController();
  const running = Array.from({ length: users }, () =>
    new User(wire, dice, promised, nextNumber).run(stop.signal),
  );
  return {
    deployment,
    mqs,
    accessPoints,
    noise,
    redis,
    deletions: [],
    history,
    wire,
    promised,
    store,
    async usersEnd() {
      stop.abort();
      await Promise.all(running);
    },
    async close() {
      redis.disconnect();
      await deployment.close();
      await mqs.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
