--[[
  Records that the HTCondor cluster of a taskforce ended. The report states a fact: it is accepted in any phase, and
  final.

  KEYS[1] taskforce record
  ARGV[1] now   ARGV[2] rest of the log entry

  Returns 1 phase condor-complete, 0 repeated report: nothing changed, -2 no such taskforce
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
if not may_enter(phase, 'condor-complete') then
  return 0
end
enter_phase(KEYS[1], phase, 'condor-complete', ARGV[1], ARGV[2])
return 1
