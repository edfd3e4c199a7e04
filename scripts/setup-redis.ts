import { ensureRedisServer } from "./setup/ensureRedisServer.js";

// `npm start` runs this first: the service starts the machine's redis-server when no setting names another Redis.
const { REDIS_URL, REDIS_URL_FILE, REDIS_SENTINELS, REDIS_CLUSTER_NODES } = process.env;
if (!(REDIS_URL || REDIS_URL_FILE || REDIS_SENTINELS || REDIS_CLUSTER_NODES))
  await ensureRedisServer().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
