/** Tests that `npm run test:cluster` excludes, with the reason of each. */
export const EXCLUDED_TESTS: Readonly<Record<string, string>> = {
  "test/{client,config,domain}/**": "need no Redis, or only the service's HTTP responses",
  "test/{architecture,dependencies,docs}.test.ts": "check files",
  "test/tutorial/**": "runs `npm start`, which starts a single Redis",
  "test/page/**": "need only the API",
  "test/auth/**": "authentication, which precedes any read of Redis",
  "test/setup/database.test.ts": "numbered databases, which a cluster does not have",
  "test/redis/**": "use a single Redis, or start clusters of their own",
  "test/implementation/{batchingRedis,readinessCommands}.test.ts": "a client of a single Redis",
  "test/implementation/subscriberConnections.test.ts": "counts the blocking connection, which differs on a cluster",
  "test/{chaos,fuzz}/**": "break a single Redis of their own, or compare all its keys",
  "test/app/readiness.test.ts": "a single Redis of its own that is a replica, full, or cannot write to disk",
  "test/app/logging.test.ts": "a client of a single Redis",
  "test/secrets/**": "a single Redis of its own with passwords",
  "test/metrics/metricsOutages.test.ts": "a single Redis behind a proxy that disconnects it",
  "test/api/outages.test.ts": "the same",
  "test/api/dashboard/pages.test.ts": "the same, in one of its tests",
  "test/api/rateLimit.test.ts": "the same",
  "test/views/events/subscriberLimits.test.ts": "the same",
  "test/processes/{clients,ownRedis,refusedStarts,draining}.test.ts":
    "a single Redis of their own, which they freeze or stop",
};
