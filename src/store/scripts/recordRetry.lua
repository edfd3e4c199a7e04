--[[
  Resets the failures of a taskforce that an operator retries.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] dirty workflows
  ARGV[1] now   ARGV[2] rest of the log entry   ARGV[3] member

  Returns 1 failures reset, 0 repeated retry: nothing changed
         -1 not pending-starter, or workflow deactivated
         -2 no such taskforce
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
if phase ~= 'pending-starter' or is_deactivated(KEYS[2]) then
  return -1
end
if redis.call('HEXISTS', KEYS[1], 'submit_failures') == 0 and last_log_entry_is(KEYS[1], ARGV[2]) then
  return 0
end
append_log(KEYS[1], ARGV[1], ARGV[2])
mark_dirty(KEYS[3], ARGV[3])
redis.call('HDEL', KEYS[1], 'submit_failures')
redis.call('HSET', KEYS[1], 'since', ARGV[1])
return 1
