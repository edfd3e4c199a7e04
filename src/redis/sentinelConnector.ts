import { type SentinelConnectionOptions, SentinelConnector } from "ioredis";

/**
 * How a client finds the master that sentinels watch, as ioredis does it, but for what it keeps of the connection before: that
 * still listens for a new master, and when it hears of one while sentinels are being asked, it ends the attempt. ioredis takes
 * that for the wish of whoever has the client, which then never connects again.
 */
export class ReconnectingSentinelConnector extends SentinelConnector {
  // As ioredis declares what it makes connectors with.
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override connect(...args: Parameters<SentinelConnector["connect"]>): ReturnType<SentinelConnector["connect"]> {
    // Ends what listens, and the connection before, which is gone.
    this.disconnect();
    return super.connect(...args);
  }
}
