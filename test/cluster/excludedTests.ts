/** Tests that `npm run test:cluster` leaves out, with the reason of each. All others run there as they are. */
export const EXCLUDED_TESTS: Readonly<Record<string, string>> = {
  "test/{client,config,domain}/**": "need no Redis, or know the service by its answers alone",
  "test/{architecture,dependencies,docs}.test.ts": "look at files",
  "test/tutorial/**": "runs the commands of the documentation, `npm start` with a Redis of its own among them",
  "test/page/**": "what browsers show, from the API alone",
  "test/auth/**": "who may ask, before anything is read",
  "test/setup/database.test.ts": "numbered databases, which a cluster has none of",
  "test/redis/**": "clients of one Redis; the cluster's own tests start their own",
  "test/implementation/batchingRedis.test.ts": "a client of one Redis",
  "test/{chaos,fuzz}/**": "break one Redis of their own, or compare all that lies in it",
  "test/app/readiness.test.ts": "one Redis of its own that is a replica, full, or without a disk",
  "test/app/logging.test.ts": "a client of one Redis",
  "test/secrets/**": "one Redis of its own with passwords",
  "test/metrics/metricsOutages.test.ts": "one Redis behind a proxy that cuts it off",
  "test/api/outages.test.ts": "the same",
  "test/api/dashboard/pages.test.ts": "the same, in one of its tests",
  "test/api/rateLimit.test.ts": "the same",
  "test/views/events/subscriberLimits.test.ts": "the same",
  "test/views/events/subscriberJoin.test.ts":
    "counts the blocked connection of the one follower, of which a cluster needs none",
  "test/processes/{clients,ownRedis,refusedStarts,draining}.test.ts": "one Redis of their own, frozen or ended",
};
