--[[
  Logs a failed attempt to move a taskforce forward, if the taskforce is still in the phase of the attempt.

  KEYS[1] taskforce record
  ARGV[1] required phase   ARGV[2] now   ARGV[3] rest of the log entry

  Returns 1 logged, 0 other phase, no such taskforce, or workflow deactivated
]]
if redis.call('HGET', KEYS[1], 'phase') ~= ARGV[1] or belongs_to_deactivated(KEYS[1]) then
  return 0
end
append_log(KEYS[1], ARGV[2], ARGV[3])
return 1
