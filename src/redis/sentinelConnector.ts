import { type SentinelConnectionOptions, SentinelConnector } from "ioredis";

/**
 * ioredis's connector for sentinels, which first closes the failover detector of the previous connection. Otherwise a
 * failover during a connection attempt makes that detector disconnect. ioredis takes this for a call of `disconnect` by
 * the application, and never connects again.
 */
export class ReconnectingSentinelConnector extends SentinelConnector {
  // ioredis declares the argument of its connectors as `unknown`.
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override connect(...args: Parameters<SentinelConnector["connect"]>): ReturnType<SentinelConnector["connect"]> {
    this.disconnect();
    return super.connect(...args);
  }
}
