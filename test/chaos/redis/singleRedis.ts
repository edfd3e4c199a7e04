import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { ensureRedisServer } from "../../../scripts/setup/ensureRedisServer.js";
import { startTcpProxy } from "../../processes/tcpProxy.js";
import { pickFreePort } from "../../setup/freePort.js";
import { RedisProcess } from "./redisProcess.js";
import type { RedisSystem } from "./redisSystem.js";

/** Milliseconds for which a demoted server answers its clients: they leave it sooner. */
const DEMOTED_SERVER_MS = 8000;

/** Starts one Redis, with a proxy for each process. It loses no acknowledged write. */
export async function startSingleRedis(folder: string, processes: number): Promise<RedisSystem> {
  let servers = 0;
  const newDir = async () => {
    const dir = join(folder, `redis-${servers++}`);
    await mkdir(dir);
    return dir;
  };
  const running = [await RedisProcess.start(await ensureRedisServer(), await newDir())];
  const master = () => running[0] as RedisProcess;
  /** Where the name of Redis leads. */
  const target = { host: "127.0.0.1", port: master().port };
  const startProxy = async () => startTcpProxy(target, await pickFreePort());
  const direct = await startProxy();
  const proxies = await Promise.all(Array.from({ length: processes }, startProxy));
  return {
    environmentOf: (index) => ({ REDIS_URL: `redis://127.0.0.1:${proxies[index]?.port}` }),
    proxies,
    losses: [],
    connect: () => new Redis(direct.port, { maxRetriesPerRequest: null, retryStrategy: () => 100 }),
    async kill(durationMs) {
      const redis = master();
      await redis.kill();
      await wait(durationMs);
      await redis.start();
    },
    stop: (durationMs) => master().suspend(durationMs),
    fillDisk: (durationMs) => master().fillDisk(durationMs),
    async demote(durationMs) {
      const old = master();
      running.unshift(await old.handOver(await newDir()));
      target.port = master().port;
      await direct.disconnect();
      await direct.restore();
      // Its clients have to find out by themselves until then.
      await wait(DEMOTED_SERVER_MS + durationMs);
      running.pop();
      await old.kill();
    },
    async close() {
      await Promise.all([direct, ...proxies].map((proxy) => proxy.close()));
      await Promise.all(running.map((redis) => redis.kill()));
    },
  };
}
