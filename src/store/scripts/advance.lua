--[[
  Moves a taskforce forward (activation, launch), unless its workflow is deactivated.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] index of taskforces   KEYS[4] dirty workflows
  ARGV[1] member   ARGV[2] required phase   ARGV[3] phase to enter   ARGV[4] now   ARGV[5] rest of the log entry

  Returns 1 moved, 0 other phase, no such taskforce, or illegal transition, -1 workflow deactivated
]]
if redis.call('HGET', KEYS[1], 'phase') ~= ARGV[2] or not may_enter(ARGV[2], ARGV[3]) then
  return 0
end
if is_deactivated(KEYS[2]) then
  return -1
end
local schedd = append_log(KEYS[1], ARGV[4], ARGV[5])
enter_phase(KEYS[1], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4], schedd)
mark_dirty(KEYS[4], ARGV[1])
return 1
