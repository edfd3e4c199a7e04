/** A host and its port. */
export interface HostAndPort {
  host: string;
  port: number;
}

/** How the Redis servers of a cluster, or behind sentinels, are spoken to: the same for all of them. */
export interface RedisLogin {
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
}

/** One Redis, by its `redis://…` or `rediss://…` address. */
export interface StandaloneRedis {
  url: string;
}

/** The master that sentinels name, of a Redis with replicas. */
export interface SentinelRedis {
  sentinels: HostAndPort[];
  /** What the sentinels call the master. */
  masterName: string;
  sentinelPassword: string | undefined;
  login: RedisLogin;
}

/** A Redis Cluster. */
export interface ClusterRedis {
  /** Some of its nodes, by which the others are found. */
  clusterNodes: HostAndPort[];
  login: RedisLogin;
}

/** Where the service's data lies. */
export type RedisLocation = StandaloneRedis | SentinelRedis | ClusterRedis;
