import { epochMs } from "../domain/clock.js";
import { clockSpreadMs } from "./redisClock.js";

/** Milliseconds until a request learns that Redis does not answer. A person or a client waits for it. */
export const COMMAND_TIMEOUT_MS = 2000;
/** Milliseconds between the deadline of a write and its time-out: the reply is on its way, and clocks differ a little. */
const REPLY_MARGIN_MS = 100;

/**
 * The epoch milliseconds, by the clock of Redis, after which a script that is sent now must not take effect. Its caller has
 * given up by then, and may have answered 503: a Redis that stood still would else do in the end what no client expects.
 */
export const writeDeadlineMs = (): number =>
  Math.round(epochMs() + COMMAND_TIMEOUT_MS - REPLY_MARGIN_MS + clockSpreadMs());

/** The begin of a script whose last argument is its {@link writeDeadlineMs}. It removes that argument. */
export const DEADLINE_LUA = `
local wms_deadline = tonumber(table.remove(ARGV))
do
  local now = redis.call('TIME')
  if now[1] * 1000 + now[2] / 1000 > wms_deadline then
    return redis.error_reply('DEADLINE the time of this command is over')
  end
end
`;
