--[[
  A taskforce's HTCondor cluster ended. A fact, so it is taken in any phase, and final.

  KEYS[1] taskforce record   KEYS[2] index of taskforces   KEYS[3] dirty workflows
  ARGV[1] member   ARGV[2] now   ARGV[3] log entry's rest

  Returns 1 phase condor-complete, 0 it was already, -2 no such taskforce
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
