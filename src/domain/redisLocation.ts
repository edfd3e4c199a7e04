/** A host and its port. */
export interface HostAndPort {
  host: string;
  port: number;
}

/** How TLS connections to Redis are secured; texts in PEM. */
export interface RedisTls {
  /** Authorities that may sign the server's certificate; undefined: those that Node trusts. */
  ca: string | undefined;
  /** The client's certificate and its key; undefined: it has none. */
  cert: string | undefined;
  key: string | undefined;
  /** The name in the server's certificate; undefined: its host name. */
  servername: string | undefined;
}

/** Credentials of all Redis servers of a cluster or behind sentinels. */
export interface RedisLogin {
  username: string | undefined;
  password: string | undefined;
  /** Undefined: without TLS. */
  tls: RedisTls | undefined;
}

/** One Redis server. */
export type StandaloneRedis = {
  /** A `redis://…` or `rediss://…` address, or the absolute path of its Unix socket with options: `/run/redis.sock?db=2`. */
  url: string;
  /** Only with `rediss://`; undefined: as Node does by default. */
  tls?: RedisTls | undefined;
};

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
