--[[
  Resets the failures and expired leases of a taskforce that an operator retries.

  KEYS[1] taskforce record
  ARGV[1] now   ARGV[2] rest of the log entry

  Returns 1 failures reset, 0 repeated retry: nothing changed
         -1 not pending-starter, no such taskforce, or workflow deactivated
]]
if redis.call('HGET', KEYS[1], 'phase') ~= 'pending-starter' or belongs_to_deactivated(KEYS[1]) then
  return -1
end
if redis.call('HEXISTS', KEYS[1], 'submit_failures') == 0 and last_log_entry_is(KEYS[1], ARGV[2]) then
  return 0
end
append_log(KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[1], 'submit_failures')
reset_expired_leases(KEYS[1])
redis.call('HSET', KEYS[1], 'since', ARGV[1])
return 1
