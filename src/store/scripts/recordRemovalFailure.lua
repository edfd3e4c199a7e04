--[[
  Logs that the TMS could not remove a taskforce from HTCondor, in any phase.

  KEYS[1] taskforce record   KEYS[2] dirty workflows
  ARGV[1] now   ARGV[2] '1' when the report ended a running lease: only such a failure counts
  ARGV[3] rest of the log entry   ARGV[4] member

  Returns the number of counted failures. A repeated report is neither counted nor logged again
         -2 no such taskforce
]]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -2
end
if ARGV[2] == '1' or not last_log_entry_is(KEYS[1], ARGV[3]) then
  append_log(KEYS[1], ARGV[1], ARGV[3])
  mark_dirty(KEYS[2], ARGV[4])
end
if ARGV[2] ~= '1' then
  return tonumber(redis.call('HGET', KEYS[1], 'remove_failures') or '0')
end
redis.call('HSET', KEYS[1], 'since', ARGV[1])
return redis.call('HINCRBY', KEYS[1], 'remove_failures', 1)
