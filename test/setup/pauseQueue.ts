import { Queue } from "bullmq";
import { onTestFinished } from "vitest";
import { openRedis } from "./testRedis.js";

/** Pauses a queue until the end of the test, as a tool that only uses BullMQ does. @returns resumes it earlier */
export async function pauseQueue(redisUrl: string, name: string): Promise<() => Promise<void>> {
  const connection = openRedis(redisUrl);
  const queue = new Queue(name, { connection, prefix: `{wmsq-${name}}` });
  onTestFinished(async () => {
    await queue.resume();
    await queue.close();
    connection.disconnect();
  });
  await queue.pause();
  return () => queue.resume();
}
