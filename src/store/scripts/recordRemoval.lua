--[[
  Records that the TMS removed a taskforce from HTCondor. The report states a fact: it is accepted in any phase, but
  condor-complete is final.

  KEYS[1] taskforce record   KEYS[2] index of taskforces   KEYS[3] dirty workflows
  ARGV[1] member   ARGV[2] now   ARGV[3] rest of the log entry   ARGV[4] rest of the log entry after condor-complete

  Returns 1 phase condor-rm, 0 repeated report, or report after condor-complete: the phase stays, -2 no such taskforce
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
if phase == 'condor-rm' then
  return 0
end
if not may_enter(phase, 'condor-rm') then
  if not last_log_entry_is(KEYS[1], ARGV[4]) then
    append_log(KEYS[1], ARGV[2], ARGV[4])
    mark_dirty(KEYS[3], ARGV[1])
  end
  return 0
end
local schedd = append_log(KEYS[1], ARGV[2], ARGV[3])
enter_phase(KEYS[1], KEYS[2], ARGV[1], phase, 'condor-rm', ARGV[2], schedd)
mark_dirty(KEYS[3], ARGV[1])
return 1
