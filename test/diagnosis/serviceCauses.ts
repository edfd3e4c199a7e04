import { mkdir, rename, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import packageJson from "../../package.json" with { type: "json" };
import { PROCESSES_KEY, processKey } from "../../src/store/keys.js";
import { waitForValue } from "../setup/waitFor.js";
import { inService } from "./expectedFinding.js";
import type { StagedCause } from "./stagedCause.js";
import type { StagedService } from "./stagedService.js";

/** Bytes that one key takes, so that the memory for connections matters little. */
const FILLING_BYTES = 64 * 1024 * 1024;
/** The share of its limit that Redis uses: above 85 %, and far from 100 %. */
const USED_SHARE = 0.9;

async function readInfo({ redis }: StagedService, field: string): Promise<string> {
  const info = (await redis.info()) as string;
  return new RegExp(`^${field}:(.*)\\r$`, "m").exec(info)?.[1] ?? "";
}

/** Saves a snapshot and waits for the outcome. */
async function saveSnapshot(service: StagedService, outcome: "ok" | "err"): Promise<void> {
  await service.redis.call("BGSAVE");
  await waitForValue(
    `the outcome of the snapshot is ${outcome}`,
    () => readInfo(service, "rdb_last_bgsave_status"),
    (status) => status === outcome,
  );
}

/** Causes around the processes of the service: Redis, clocks, releases, the identity provider. */
export const SERVICE_CAUSES: readonly StagedCause[] = [
  {
    name: "Redis has used most of its memory limit",
    codes: ["redis-memory-short"],
    async stage(service) {
      const { redis } = service;
      await redis.setrange("filling", FILLING_BYTES, "x");
      const limit = Math.floor(Number(await readInfo(service, "used_memory")) / USED_SHARE);
      await redis.config("SET", "maxmemory", String(limit));
      return {
        expected: inService("redis-memory-short", "Redis uses 90 % of its memory limit"),
        async undo() {
          await redis.config("SET", "maxmemory", "0");
          await redis.del("filling");
        },
      };
    },
  },
  {
    name: "Redis cannot write its snapshot",
    codes: ["redis-not-persistent"],
    async stage(service) {
      // Redis renames its temporary file to this name, which fails as long as it is a folder.
      const snapshot = join(service.redisDir, "dump.rdb");
      await mkdir(snapshot);
      await saveSnapshot(service, "err");
      return {
        expected: inService("redis-not-persistent", "Redis could not write its data to disk"),
        async undo() {
          await rmdir(snapshot);
          await saveSnapshot(service, "ok");
        },
      };
    },
  },
  {
    name: "a process of an earlier release is running",
    codes: ["versions-differ"],
    async stage({ redis }) {
      const heartbeat = {
        id: "earlier",
        role: "web",
        version: "0.0.1",
        host: "other.example",
        pid: 7,
        started: Date.now() / 1000,
        seen: Date.now() / 1000,
      };
      // It expires later than a real one, of which there would be one every two seconds.
      await redis.set(processKey(heartbeat.id), JSON.stringify(heartbeat), "EX", 600);
      await redis.sadd(PROCESSES_KEY, heartbeat.id);
      return {
        expected: inService(
          "versions-differ",
          `processes of several releases are running: 0.0.1, ${packageJson.version}`,
        ),
        undo: () => redis.del(processKey(heartbeat.id)),
      };
    },
  },
  {
    name: "the clock of a machine is 30 days ahead",
    codes: ["clock-differs"],
    async stage(service) {
      const preload = pathToFileURL("test/processes/steppedDate.mjs").href;
      const other = await service.startOtherWorker({ NODE_OPTIONS: `--import=${preload}` });
      other.signal("SIGUSR2");
      await other.waitForOutput(/date ahead by 2592000000 ms/);
      return {
        expected: inService("clock-differs", "the clocks of two machines differ by 30 days"),
        async undo() {
          other.signal("SIGTERM");
          await other.waitForExit();
        },
      };
    },
  },
  {
    name: "the file system of the pilot images is lost",
    codes: ["pilot-images-missing"],
    async stage({ pilotImagesDir }) {
      const elsewhere = `${pilotImagesDir}-elsewhere`;
      await rename(pilotImagesDir, elsewhere);
      return {
        expected: inService(
          "pilot-images-missing",
          `the directory of pilot images has been failing since <time>: ENOENT: no such file or directory, scandir '${pilotImagesDir}'`,
        ),
        undo: () => rename(elsewhere, pilotImagesDir),
      };
    },
  },
  {
    name: "the identity provider is unreachable when a token has a new key",
    codes: ["identity-provider-failing"],
    async stage(service) {
      const { idp } = service;
      await idp.rotateKeys(1);
      const token = await idp.signToken({ sub: "ada", ewms_role: "user" });
      const verify = () => service.send("GET", "/v1/schedds", undefined, token);
      await idp.stop();
      await waitForValue("the provider is asked for the key", verify, ({ text }) => text.includes("not available"));
      return {
        expected: inService(
          "identity-provider-failing",
          `the identity provider has been failing since <time>: fetch failed: connect ECONNREFUSED ${new URL(idp.issuer).host}`,
        ),
        async undo() {
          await idp.restart();
          await waitForValue("the token counts", verify, ({ status }) => status === 200);
        },
      };
    },
  },
];
