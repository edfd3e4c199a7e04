import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { openStore } from "../../src/store/store.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { recordingLog } from "../setup/recordingLog.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";

const COUNT = 1_000;
/** Each document takes some time. */
const body = JSON.stringify({
  query: { $or: Array.from({ length: 1_500 }, (_, n) => ({ n_workers: { $gt: 1_000 + n } })) },
  projection: ["taskforce_uuid"],
});

test("a query stops when its client disconnects, and that is no error", async () => {
  const { url: redisUrl } = await startOwnRedis();
  const { log, lines } = recordingLog();
  const service = await startTestService({ REDIS_URL: redisUrl, STORE_PARTITIONS: "4" }, log, { workers: false });
  const redis = openRedis(redisUrl);
  const store = await openStore(redis, { partitions: 4 });
  await createWholeWorkflow(store, makeWholeWorkflow(COUNT), 0);
  /** Records that the service has read. Without workers, only queries read some. */
  const readCount = async () => Number(/cmdstat_hmget:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1] ?? 0);
  const atStart = await readCount();
  const send = () => {
    const sent = request(`${service.url}/v1/query/taskforces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    sent.on("error", () => undefined);
    sent.end(body);
    return sent;
  };
  const logged = () =>
    lines.map((line) => JSON.parse(line)).filter((line) => JSON.stringify(line).includes("/v1/query/taskforces"));
  try {
    const first = send();
    await waitUntil("the query reads taskforces", async () => (await readCount()) > atStart || logged().length > 0);
    expect(logged()).toEqual([]);
    first.destroy();
    const [line] = await waitForValue("the request is logged", logged, (found) => found.length > 0);
    expect(line).toMatchObject({ status: 499, disconnected: true });

    // The same query again takes as long as the first one would go on.
    const before = await readCount();
    const [response] = await once(send(), "response");
    response.resume();
    await once(response, "end");
    expect(response.statusCode).toBe(200);
    const lookedAt = Number(/looked-at=(\d+)/.exec(String(response.headers["ewms-query-plan"]))?.[1]);
    expect(before - atStart).toBeLessThan(lookedAt);
    // A page reads two loads more than it looks at.
    expect((await readCount()) - before).toBeLessThanOrEqual(lookedAt + 2_048);
    expect(lines.map((each) => JSON.parse(each)).filter(({ level }) => level >= 50 || Number.isNaN(level))).toEqual([]);
  } finally {
    redis.disconnect();
    await service.close();
  }
});
