/** A host and its port. */
export interface HostAndPort {
  host: string;
  port: number;
}

/** Credentials of all Redis servers of a cluster or behind sentinels. */
export interface RedisLogin {
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
}

/** One Redis server: a `redis://…` or `rediss://…` address, or the absolute path of its Unix socket. */
export type StandaloneRedis = { url: string };

/** The master of a Redis with replicas, found through sentinels. */
export interface SentinelRedis {
  sentinels: HostAndPort[];
  /** The master's name at the sentinels. */
  masterName: string;
  sentinelPassword: string | undefined;
  login: RedisLogin;
}

/** A Redis Cluster. */
export interface ClusterRedis {
  /** Some of the nodes; the client discovers the others. */
  clusterNodes: HostAndPort[];
  login: RedisLogin;
}

/** The Redis with the service's data. */
export type RedisLocation = StandaloneRedis | SentinelRedis | ClusterRedis;
