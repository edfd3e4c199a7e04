import { inject } from "vitest";
import { returnDatabases, takeDatabase } from "./databasePool.js";

const takenByThisFile: number[] = [];

/**
 * An empty Redis database that no other test uses.
 *
 * @returns its `redis://…/<number>`; it is emptied when the test file has ended
 */
export async function freshDatabase(): Promise<string> {
  const { url, number } = await takeDatabase(inject("redisUrl"));
  takenByThisFile.push(number);
  return url;
}

/** Gives back what {@link freshDatabase} took in this test file. */
export const releaseDatabases = (): Promise<void> =>
  returnDatabases(inject("redisUrl"), takenByThisFile.splice(0));
