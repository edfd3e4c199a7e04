--[[
  Logs that the TMS could not submit a taskforce to HTCondor.

  KEYS[1] taskforce record   KEYS[2] key of the guard
  ARGV[1] now   ARGV[2] rest of the log entry   ARGV[3] '1' when the report ended a running lease
  ARGV[4] guard

  Returns the number of failures under a lease
         -1 not pending-starter
         -2 no such taskforce
         -3 workflow deactivated: the failure is logged only
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
local deactivated = belongs_to_deactivated(KEYS[1])
if not may_enter(phase, 'condor-submit') and not (deactivated and phase == 'pending-stopper') then
  return -1
end
log_failure(KEYS[1], ARGV[3], ARGV[1], ARGV[2])
record_effect(KEYS[2], parse_guard(ARGV[4]), '')
return deactivated and -3 or count_failure(KEYS[1], 'submit_failures', ARGV[3], ARGV[1])
