--[[
  Moves a taskforce forward (activation, launch), unless its workflow is deactivated.

  KEYS[1] taskforce record
  ARGV[1] required phase   ARGV[2] phase to enter   ARGV[3] now   ARGV[4] rest of the log entry

  Returns 1 moved, 0 other phase, no such taskforce, illegal transition, or workflow deactivated
]]
local phase = redis.call('HGET', KEYS[1], 'phase')
if phase ~= ARGV[1] or not may_enter(phase, ARGV[2]) or belongs_to_deactivated(KEYS[1]) then
  return 0
end
enter_phase(KEYS[1], phase, ARGV[2], ARGV[3], ARGV[4])
return 1
