--[[
  Logs that the TMS could not submit a taskforce to HTCondor.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] dirty workflows
  ARGV[1] now   ARGV[2] '1' when the report ended a running lease: only such a failure counts
  ARGV[3] rest of the log entry   ARGV[4] member

  Returns the number of counted failures. A repeated report is neither counted nor logged again
         -1 not pending-starter
         -2 no such taskforce
         -3 workflow deactivated: the failure is logged only
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
local deactivated = is_deactivated(KEYS[2])
if not may_enter(phase, 'condor-submit') and not (deactivated and phase == 'pending-stopper') then
  return -1
end
if ARGV[2] == '1' or not last_log_entry_is(KEYS[1], ARGV[3]) then
  append_log(KEYS[1], ARGV[1], ARGV[3])
  mark_dirty(KEYS[3], ARGV[4])
end
if deactivated then
  return -3
end
if ARGV[2] ~= '1' then
  return tonumber(redis.call('HGET', KEYS[1], 'submit_failures') or '0')
end
redis.call('HSET', KEYS[1], 'since', ARGV[1])
return redis.call('HINCRBY', KEYS[1], 'submit_failures', 1)
