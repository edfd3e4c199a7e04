--[[
  Records that the TMS removed a taskforce from HTCondor. The report states a fact: it is accepted in any phase, but
  condor-complete is final.

  KEYS[1] taskforce record
  ARGV[1] now   ARGV[2] rest of the log entry   ARGV[3] rest of the log entry after condor-complete

  Returns 1 phase condor-rm, 0 repeated report, or report after condor-complete: the phase stays, -2 no such taskforce
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
if may_enter(phase, 'condor-rm') then
  enter_phase(KEYS[1], phase, 'condor-rm', ARGV[1], ARGV[2])
  return 1
end
if phase ~= 'condor-rm' and not last_log_entry_is(KEYS[1], ARGV[3]) then
  append_log(KEYS[1], ARGV[1], ARGV[3])
end
return 0
