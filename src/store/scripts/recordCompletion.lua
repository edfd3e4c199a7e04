--[[
  Records that the HTCondor cluster of a taskforce ended. The report states a fact: it is accepted in any phase, and
  final.

  KEYS[1] taskforce record   KEYS[2] index of taskforces   KEYS[3] dirty workflows
  ARGV[1] member   ARGV[2] now   ARGV[3] rest of the log entry

  Returns 1 phase condor-complete, 0 repeated report: nothing changed, -2 no such taskforce
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return -2
end
if not may_enter(phase, 'condor-complete') then
  return 0
end
local schedd = append_log(KEYS[1], ARGV[2], ARGV[3])
enter_phase(KEYS[1], KEYS[2], ARGV[1], phase, 'condor-complete', ARGV[2], schedd)
mark_dirty(KEYS[3], ARGV[1])
return 1
